"""Rules of micro-crowdfunding 微众筹: small pledges for one purpose, with a goal and a deadline.

Never more than the goal is taken. What is not paid in full by the deadline is given back. 慈善法 22: only a charity
with the permission to do so raises funds from the public; a campaign names who receives the money and under which
filing 募捐备案. Amounts are fen. Receipts are recorded by staff: nothing is paid through the platform.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from marshmallow import fields, validate
from statemachine import State, StateMachine

from shared import money, workdays
from shared.arearules import AreaRule
from shared.errors import Conflict, Refused, Text

RECORDING_DAYS = AreaRule(
    "campaign_recording_days",
    fields.Int(strict=True, validate=validate.Range(0, 30)),
    3,
    "no national number; ours 全国无统一规定，由平台拟定",
    Text(
        "Working days to record payments after a campaign's deadline", "微众筹截止后登记到账的期限（工作日）"
    ),
)
RULES = (RECORDING_DAYS,)
MOST_PLEDGES = 300  # of one campaign: all of them end in one write with it


class CampaignLife(StateMachine):
    """Life cycle of a campaign 微众筹项目."""

    open = State("open 筹集中", initial=True)
    reached = State("reached 已达成")
    completed = State("completed 已兑现", final=True)
    failed = State("failed 未达成，待退款")
    settled = State("settled 已退清", final=True)

    pledge = open.to(open)
    pay = open.to(open)
    reach = open.to(reached)
    fail = open.to(failed) | reached.to(failed)
    complete = reached.to(completed)
    give_back = failed.to(failed)
    settle = failed.to(settled)


class PledgeLife(StateMachine):
    """Life cycle of a pledge 认筹."""

    pledged = State("pledged 已认筹", initial=True)
    paid = State("paid 已到账")
    released = State("released 已撤销", final=True)
    given_back = State("given_back 已退还", final=True)

    pay = pledged.to(paid)
    release = pledged.to(released)
    give_back = paid.to(given_back)


class Totals(NamedTuple):
    """What a campaign has: `pledged` counts what is paid, too. given_back <= paid <= pledged <= goal."""

    goal: int
    pledged: int = 0
    paid: int = 0
    given_back: int = 0

    @property
    def open(self) -> int:
        """What may still be pledged."""
        return self.goal - self.pledged

    @property
    def reached(self) -> bool:
        return self.paid == self.goal

    @property
    def settled(self) -> bool:
        return self.given_back == self.paid


def pledge(totals: Totals, fen: int) -> Totals:
    """Take a pledge. Raises Refused for one beyond the goal, naming what is left."""
    if fen > totals.open:
        raise Refused(
            "beyond-the-goal",
            Text(
                f"{money.yuan(totals.open)} yuan are still looked for.",
                f"尚需 {money.yuan(totals.open)} 元。",
            ),
            Text("Pledge that much at most.", "认筹金额不得超过所需金额。"),
            field="fen",
            left=totals.open,
        )
    return totals._replace(pledged=totals.pledged + fen)


def pay(totals: Totals, fen: int) -> Totals:
    return totals._replace(paid=totals.paid + fen)


def release(totals: Totals, fen: int) -> Totals:
    """A pledge that was not paid ends."""
    return totals._replace(pledged=totals.pledged - fen)


def give_back(totals: Totals, fen: int) -> Totals:
    return totals._replace(given_back=totals.given_back + fen)


def check_deadline(deadline: datetime, now: datetime) -> None:
    """Raise Refused for a campaign that would be over before it begins."""
    if deadline <= now:
        raise Refused(
            "deadline-over",
            Text("The deadline is over already.", "截止时间已过。"),
            Text("Give one that lies ahead.", "请填写未来的时间。"),
            field="deadline",
        )


def check_pledging(deadline: datetime, pledges: int, now: datetime) -> None:
    """Raise Refused after the deadline, to the second, and where there are as many pledges as one write can end."""
    if now > deadline:
        raise Refused(
            "deadline-passed",
            Text("The deadline has passed.", "已过截止时间。"),
            Text("Choose another campaign.", "请选择其他项目。"),
            field="fen",
        )
    if pledges >= MOST_PLEDGES:
        raise Conflict(
            "too-many-pledges",
            Text(f"There are {pledges} pledges.", f"已有 {pledges} 笔认筹。"),
            Text("Pledge for another campaign.", "请认筹其他项目。"),
            field="fen",
        )


def check_received(received_on: date, last: date, today: date) -> None:
    """Raise Refused for money that came after the deadline's day, or is still to come."""
    if received_on > min(last, today):
        raise Refused(
            "received-too-late",
            Text(f"{received_on} is after {min(last, today)}.", f"{received_on} 晚于 {min(last, today)}。"),
            Text("Give money back that came too late.", "逾期到账的款项请直接退还。"),
            field="received_on",
        )


def closes_at(deadline: datetime, days: int) -> datetime:
    """When a campaign is closed by itself: payments that came in time may still be recorded for some working days."""
    return workdays.deadline(deadline, days, "working_days").at


def check_closing(status: str, deadline: datetime, now: datetime, reasons: str | None) -> None:
    """Raise Refused for a campaign that is ended before its deadline, or although it reached its goal, without a
    reason."""
    if (status != "open" or now <= deadline) and not reasons:
        raise Refused(
            "not-over-yet",
            Text("The campaign is not over yet.", "筹集尚未截止。"),
            Text(
                "Wait for the deadline, or give reasons to end it.", "请待截止后办理，或说明提前终止的理由。"
            ),
            field="reasons",
        )
