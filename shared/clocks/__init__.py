"""Deadlines 期限 of the steps of a record's life: how long whoever has to act may take over each.

A record is in one step at a time. Its clock begins with the step, stands still where the table says so, and ends
with the step. Periods are counted by `shared.workdays`; how long they are is a rule of the area.

This module is pure, so that domain modules may import it. `timed` keeps clocks in records, `looking` is what the
timer does, `days` says which days an area works differently, `forms` and `events` tell of it, `routes` has the timer.
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


def running(steps: Sequence[Step], status: str | None) -> Step | None:
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
