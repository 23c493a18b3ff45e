"""Rules of monthly service vouchers 服务券: issued to entitled clients, held by a decided order, spent when
its delivery is confirmed, lapsed at the end of the month.

A voucher pays for services that are delivered in its month. What an order holds at the month's end stays held until
the order is settled. Amounts are fen; at every moment amount = left + held + spent + lapsed. That vouchers are by the
month and lapse is Kundulun's 昆都仑区; how an order holds them is ours.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from statemachine import State, StateMachine

from shared import clock, money
from shared.errors import Conflict, Refused, Text

RUN_KINDS = ("issue", "lapse")  # 发放、过期清零


class VoucherLife(StateMachine):
    """Life cycle of a voucher 服务券."""

    valid = State("valid 有效", initial=True)
    lapsed = State("lapsed 已过期", final=True)

    lapse = valid.to(lapsed)


class VoucherRunLife(StateMachine):
    """Life cycle of a run 批量发放或清零 over all clients of an area."""

    running = State("running 进行中", initial=True)
    finished = State("finished 已完成", final=True)

    finish = running.to(finished)


class Balance(NamedTuple):
    """What became of a voucher's amount. `over`: what is released after the month's end lapses at once."""

    amount: int
    held: int = 0
    spent: int = 0
    lapsed: int = 0
    over: bool = False

    @property
    def left(self) -> int:
        return self.amount - self.held - self.spent - self.lapsed


def hold(balance: Balance, fen: int) -> Balance:
    """Keep so much for an order. Raises Refused for more than is left."""
    if fen > balance.left:
        raise Refused(
            "voucher-too-small",
            Text(
                f"{money.yuan(fen)} yuan are more than the {money.yuan(balance.left)} left.",
                f"{money.yuan(fen)} 元超过服务券余额 {money.yuan(balance.left)} 元。",
            ),
            Text("Let the client pay the rest.", "其余部分由服务对象支付。"),
            field="voucher",
        )
    return balance._replace(held=balance.held + fen)


def spend(balance: Balance, fen: int) -> Balance:
    """Pay with what was held for an order."""
    return balance._replace(held=_taken(balance, fen), spent=balance.spent + fen)


def release(balance: Balance, fen: int) -> Balance:
    """Give back what was held for an order; after the end of the month it lapses."""
    lapsed = balance.lapsed + fen if balance.over else balance.lapsed
    return balance._replace(held=_taken(balance, fen), lapsed=lapsed)


def lapse(balance: Balance) -> Balance:
    """The month has ended: what nobody holds is gone."""
    return balance._replace(lapsed=balance.lapsed + balance.left, over=True)


def _taken(balance: Balance, fen: int) -> int:
    """What stays held. An order never held more than its voucher has: that would be a defect of ours."""
    if fen > balance.held:
        raise Conflict(
            "voucher-not-held",
            Text("The voucher does not hold so much.", "服务券未冻结该金额。"),
            Text(
                "Have the operator look into the audit of this voucher.", "请运维人员核查该服务券的审计记录。"
            ),
            field="voucher",
        )
    return balance.held - fen


def month_of(moment: datetime | date) -> str:
    """The month as China's clocks have it: 2025-06."""
    day = moment.astimezone(clock.CHINA).date() if isinstance(moment, datetime) else moment
    return f"{day:%Y-%m}"


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def month_before(month: str) -> str:
    return month_of(date.fromordinal(first_day(month).toordinal() - 1))


def check_run(kind: str, month: str, now: datetime) -> None:
    """Raise Refused for vouchers of another month than this one, and for a lapse before the month is over."""
    current = month_of(now)
    if kind == "issue" and month != current:
        raise Refused(
            "month-not-current",
            Text(f"It is {current}, not {month}.", f"当前为 {current}，不是 {month}。"),
            Text("Issue vouchers within their month.", "服务券须在当月发放。"),
            field="month",
        )
    if kind == "lapse" and month >= current:
        raise Refused(
            "month-not-over",
            Text(f"{month} is not over yet.", f"{month} 尚未结束。"),
            Text("Let vouchers lapse after their month.", "请在当月结束后清零。"),
            field="month",
        )
