"""Monitoring 监测: what organisations report of their projects, and what it adds up to.

A progress report 进展报告 is about a period, an activity record 活动记录 about one activity. Each says what it adds
to those before it, so that nothing counts twice: persons reached for the first time, attendances, money spent.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from shared import money
from shared.errors import Refused, Text

KINDS = ("progress", "activity")  # 进展报告、活动记录
REPORTABLE = ("running", "suspended", "completed")


class Counts(NamedTuple):
    """What reports add up to: fen spent of the grant, persons reached 直接受益、间接受益, attendances 人次."""

    spent_fen: int = 0
    direct: int = 0
    indirect: int = 0
    person_times: int = 0

    def plus(self, more: Counts, corrected: Counts | None = None) -> Counts:
        """With one report more, and without the one that it corrects."""
        less = corrected or Counts()
        return Counts(*(now + new - old for now, new, old in zip(self, more, less, strict=True)))


def check_reportable(status: str) -> None:
    """Raise Refused for a project that was stopped."""
    if status not in REPORTABLE:
        raise Refused(
            "project-over",
            Text(f"The project is {status}.", f"该项目状态为 {status}。"),
            Text("Settle it with who pays.", "请与资助方结清。"),
            field="id",
        )


def check_days(first: date, last: date, starts_on: date | None, today: date) -> None:
    """Raise Refused for days in the wrong order, before the contract begins, or still to come."""
    if first > last or last > today or (starts_on is not None and first < starts_on):
        since = starts_on.isoformat() if starts_on else "-"
        raise Refused(
            "report-days",
            Text(
                f"A report is about days from {since} until {today}, in their order.",
                f"报告所述日期应在 {since} 至 {today} 之间，且先后有序。",
            ),
            Text("Correct first_day and last_day.", "请更正起止日期。"),
            field="first_day",
        )


def check_progress(kind: str, first: date, reported_until: date | None, *, correcting: bool) -> None:
    """Raise Refused for a progress report on days that one before it was about, unless it corrects that."""
    if kind == "progress" and not correcting and reported_until is not None and first <= reported_until:
        raise Refused(
            "reported-already",
            Text(
                f"Progress is reported until {reported_until} already.",
                f"{reported_until} 之前的进展已报告。",
            ),
            Text("Begin on the day after, or name the report that this one corrects.",
                 "请从次日起报告，或填写所更正的报告（corrects）。"),
            field="first_day",
        )  # fmt: skip


def check_spent(spent: int, amount: int) -> None:
    """Raise Refused where more is reported as spent than the contract is about, or less than nothing."""
    if not 0 <= spent <= amount:
        raise Refused(
            "spent-beyond-amount",
            Text(
                f"{money.yuan(spent)} yuan would be spent in all, of {money.yuan(amount)}.",
                f"累计支出将为 {money.yuan(spent)} 元，协议金额为 {money.yuan(amount)} 元。",
            ),
            Text("Report only what was spent of the grant.", "请只填写资助资金的支出。"),
            field="spent_fen",
        )


def unknown_report() -> Refused:
    return Refused(
        "no-such-report",
        Text("The project has no such report, or it is corrected already.", "该项目没有此报告，或已更正。"),
        Text("Name the last report of it.", "请填写最近一次的报告编号。"),
        field="corrects",
    )
