"""The public notice of a topic 立项公示: for working days, open to objection by anybody; only then it is final."""

from __future__ import annotations

from datetime import datetime

from statemachine import State, StateMachine

from shared import clock
from shared.clocks import Limit, Step, limit
from shared.errors import Refused, Text

OUTCOMES = ("end", "return")  # 不予立项、退回需求库重新论证

NOTICE = limit(
    "topic_notice", Limit(7, "working_days", 1), "commonly 5 or 7 working days; the local rule decides",
    Text("Public notice of a topic", "立项公示期"),
)  # fmt: skip
REPLY = limit(
    "limit_topic_objection", Limit(7, "working_days", 2), "the reply to a query 质疑 under 政府采购法 53, by analogy",
    Text("Time for the reply to an objection", "异议答复期限"),
)  # fmt: skip
RULES = (NOTICE, REPLY)
STEPS = (Step("objection", "filed", REPLY, Text("the reply to an objection", "异议处理")),)


class ObjectionLife(StateMachine):
    """Life cycle of an objection 异议."""

    filed = State("filed 已受理", initial=True)
    upheld = State("upheld 成立", final=True)
    dismissed = State("dismissed 不成立", final=True)

    uphold = filed.to(upheld)
    dismiss = filed.to(dismissed)


def number(area: str, received_at: datetime, identifier: str) -> str:
    """The number that stands on the receipt 回执编号, with the day in China's time."""
    return f"{area}-{received_at.astimezone(clock.CHINA):%Y%m%d}-{identifier[-8:]}".upper()


def check_on_notice(status: str, ends_at: datetime | None, now: datetime) -> None:
    """Raise Refused for an objection to what is not on public notice now."""
    if status != "noticed" or ends_at is None or now > ends_at:
        raise Refused(
            "no-notice",
            Text("This item is not on public notice now.", "该项目目前不在公示期内。"),
            Text("Objections are taken during the notice only.", "异议须在公示期内提出。"),
            field="id",
        )


def check_over(ends_at: datetime | None, now: datetime, open_objections: int) -> None:
    """Raise Refused while the notice lasts, or while an objection waits for its settlement."""
    if ends_at is not None and now <= ends_at:
        raise Refused(
            "notice-running",
            Text(f"The notice lasts until {ends_at:%Y-%m-%d}.", f"公示期至 {ends_at:%Y-%m-%d}。"),
            Text("Confirm the topic after that day.", "请在公示期满后确认立项。"),
            field="status",
        )
    if open_objections:
        raise Refused(
            "objections-open",
            Text(f"{open_objections} objections are not settled.", f"尚有 {open_objections} 件异议未处理。"),
            Text("Settle them first.", "请先处理异议。"),
            field="status",
        )


def check_settlement(upheld: bool, outcome: str | None) -> None:
    """Raise Refused where what follows from an upheld objection is not said, or something follows from none."""
    if upheld == (outcome is None):
        raise Refused(
            "outcome-unclear",
            Text(
                "An upheld objection ends or returns the topic; a dismissed one does nothing.",
                "异议成立的须终止或退回立项；不成立的不影响立项。",
            ),
            Text("Give outcome 'end' or 'return' where it is upheld, else leave it out.",
                 "异议成立时 outcome 填写 end 或 return，否则不填。"),
            field="outcome",
        )  # fmt: skip
