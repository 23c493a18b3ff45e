"""Statutory deadlines 法定期限: how long the registry may take over each step of a record's life.

A record is in one step at a time. Its clock begins with the step, stands still where the table says so, and ends
with the step. Periods are counted by `shared.workdays`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, get_args

from marshmallow import fields, post_load, validate

from shared import workdays
from shared.arearules import AreaRule
from shared.errors import Text
from shared.fields import Schema
from shared.workdays import Unit

STAGES = ("running", "near", "past", "suspended")  # 计时中、即将到期、已逾期、中止

UNCERTAIN = Text(
    "The holiday notice for these days is not out yet: the date may move.",
    "相关日期的放假安排尚未公布，期限可能变动。",
)


class Limit(NamedTuple):
    """How long a step may take."""

    amount: int
    unit: Unit
    remind: int  # working days before the end at which staff are reminded


class LimitForm(Schema):
    """A limit as areas set it."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 366))
    unit = fields.Str(required=True, validate=validate.OneOf(get_args(Unit)))
    remind = fields.Int(required=True, strict=True, validate=validate.Range(0, 60))

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Limit:
        return Limit(**data)


def limit(name: str, default: Limit, source: str, about: Text) -> AreaRule[Limit]:
    return AreaRule(name, fields.Nested(LimitForm), default, source, about)


@dataclass(frozen=True)
class Step:
    """A step with a clock: it runs in the state `status`, and stands still in those of `paused_in`.

    `lapse` is the action that the law itself carries out when the period passes without a word; it is dated to the
    begin of the step.
    """

    name: str
    status: str
    limit: AreaRule[Limit]
    term: Text
    paused_in: tuple[str, ...] = ()
    lapse: str | None = None


ACCEPTANCE = limit(
    "limit_acceptance", Limit(5, "working_days", 1), "行政许可法 32, 82",
    Text("Time in which a correction can be asked for", "受理审查期限"),
)  # fmt: skip
REGISTRATION = limit(
    "limit_registration", Limit(60, "days", 5), "社会团体登记管理条例 12; 民办非企业单位登记管理暂行条例 11",
    Text("Time for a decision on a registration", "作出登记决定的期限"),
)  # fmt: skip
FILING = limit(
    "limit_filing", Limit(7, "days", 2), "湘潭市社区社会组织备案管理办法",
    Text("Time for a decision on a filing", "作出备案决定的期限"),
)  # fmt: skip
RULES = (ACCEPTANCE, REGISTRATION, FILING)


def acceptance(status: str, paused_in: str) -> Step:
    """What is missing is named once and in full within this time, else the application counts as accepted 视为受理.
    It stands still while the applicant corrects 补正."""
    return Step(
        "acceptance", status, ACCEPTANCE, Text("acceptance", "受理审查"), (paused_in,), lapse="accept"
    )


def decision(status: str, rule: AreaRule[Limit]) -> Step:
    return Step("decision", status, rule, Text("decision", "作出决定"))


ORGANISATION_STEPS = {
    "registered": (acceptance("applied", "correcting"), decision("accepted", REGISTRATION)),
    "filed": (acceptance("applied", "correcting"), decision("accepted", FILING)),
}


@dataclass(frozen=True)
class Clock:
    """A running clock: `since` (aware) and how much it was given then, when it ends, and when to remind."""

    since: datetime
    amount: int
    unit: Unit
    due_at: datetime
    certain: bool
    near_at: datetime

    @property
    def passed_at(self) -> datetime:
        return self.due_at + timedelta(seconds=1)

    def stage(self, now: datetime) -> str:
        if now >= self.passed_at:
            return "past"
        return "near" if now >= self.near_at else "running"


def running(steps: Sequence[Step], status: str) -> Step | None:
    """The step whose clock runs in this state."""
    return next((step for step in steps if step.status == status), None)


def named(steps: Sequence[Step], name: str | None) -> Step | None:
    return next((step for step in steps if step.name == name), None)


def clock(
    since: datetime, amount: int, unit: Unit, remind: int, overrides: Mapping[date, bool] | None = None
) -> Clock:
    """The clock of a period of `amount` that begins at `since`; `remind` in working days before its end."""
    due = workdays.deadline(since, amount, unit, overrides)
    near_at = max(since, workdays.before(due.at, remind, overrides))
    return Clock(since, amount, unit, due.at, due.certain, near_at)
