"""Rules of orders 订单: ordered by residents 点菜, decided by government 定菜, delivered 做菜, confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from statemachine import State, StateMachine

from shared.errors import Refused, Text

PLACERS = ("client", "community_worker")  # 本人、社区工作者代点
RATINGS = (1, 2, 3, 4, 5)  # 很不满意 … 很满意
SATISFIED_FROM = 4


class OrderLife(StateMachine):
    """Life cycle of an order 订单."""

    ordered = State("ordered 已点", initial=True)
    decided = State("decided 已定")
    delivered = State("delivered 已做")
    confirmed = State("confirmed 已确认", final=True)
    refused = State("refused 不予安排", final=True)
    cancelled = State("cancelled 已取消", final=True)

    decide = ordered.to(decided)
    refuse = ordered.to(refused)
    appoint = decided.to(decided)
    cancel = ordered.to(cancelled) | decided.to(cancelled)
    deliver = decided.to(delivered)
    confirm = delivered.to(confirmed)
    deny = delivered.to(decided)


def check_ahead(day: date, today: date, field: str) -> None:
    """Raise Refused for a day that is over: services are ordered for days to come."""
    if day < today:
        raise Refused(
            "in-the-past",
            Text(f"{day} is over.", f"{day} 已过。"),
            Text("Choose today or a later day.", "请选择今日或以后的日期。"),
            field=field,
        )


def check_delivered(delivered_at: datetime, decided_at: datetime, now: datetime) -> None:
    """Raise Refused for a delivery that is still to come, or that came before the decision."""
    if not decided_at <= delivered_at <= now:
        raise Refused(
            "delivery-date",
            Text(
                "The delivery lies in the future or before the decision.",
                "服务时间晚于当前时间或早于定菜时间。",
            ),
            Text("Give the moment at which it was delivered.", "请填写实际服务时间。"),
            field="delivered_at",
        )


def check_placer(by: str, *, staff: bool) -> None:
    """Raise Refused where residents order in a community worker's name 代点."""
    if not staff and by != "client":
        raise Refused(
            "order-as-client",
            Text("You order for yourself, as the client.", "您只能以服务对象本人身份点单。"),
            Text("Give 'client', or leave it out.", "请填写 client 或留空。"),
            field="placed_by",
        )


def check_to_deliver(status: str) -> None:
    """Raise Refused unless the order is to be delivered: who it is for is told to the organisation for that long."""
    if status not in ("decided", "delivered"):
        raise Refused(
            "not-to-be-delivered",
            Text(f"The order is {status}.", f"订单状态为 {status}。"),
            Text("Ask between the decision and the confirmation.", "请在定菜之后、确认之前查询。"),
            field="status",
        )


def check_confirmer(by: str, *, staff: bool) -> None:
    """Raise Refused where residents confirm as somebody else: relatives, community workers and call-backs are
    recorded by staff."""
    if not staff and by != "client":
        raise Refused(
            "confirm-as-client",
            Text("You confirm your own orders as the client.", "您只能以服务对象本人身份确认。"),
            Text("Give 'client', or ask the community worker.", "请填写 client，或由社区工作者登记。"),
            field="by",
        )


def check_call(status: str, reached: bool, rating: int | None) -> None:
    """Raise Refused before the delivery is confirmed, for a rating by nobody, and for none by somebody who was
    reached."""
    if status != "confirmed":
        raise Refused(
            "not-confirmed-yet",
            Text(f"The order is {status}.", f"订单状态为 {status}。"),
            Text("Call back once the delivery is confirmed.", "请在服务确认后回访。"),
            field="status",
        )
    if reached is not (rating is not None):
        raise Refused(
            "rating-does-not-fit",
            Text("Who is reached gives a rating, and nobody else.", "接通的须填写评分，未接通的不得填写。"),
            Text("Give `rating` where `reached` is true only.", "仅在 reached 为 true 时填写 rating。"),
            field="rating",
        )


class Satisfaction(NamedTuple):
    """What call-backs told: `percent` of those reached who are satisfied, rounded down; None where nobody was."""

    called: int
    reached: int
    satisfied: int

    @property
    def percent(self) -> int | None:
        return 100 * self.satisfied // self.reached if self.reached else None


def satisfaction(called: int, ratings: Iterable[int | None]) -> Satisfaction:
    """Of `called` orders and the rating of each of them that was reached."""
    known = [rating for rating in ratings if rating is not None]
    return Satisfaction(called, len(known), sum(rating >= SATISFIED_FROM for rating in known))
