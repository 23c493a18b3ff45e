"""Early warnings 预警 of projects, by rules whose thresholds are data of the area.

They are worked out from the project's own figures, as often as anybody asks; the timer records each once, as it
begins to hold, and once more as it is over.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from marshmallow import fields, post_load, validate

from shared.arearules import AreaRule
from shared.errors import Text
from shared.fields import Schema

KINDS = {
    "report_late": Text("a progress report is late", "进展报告逾期未交"),
    "end_late": Text("the term is over without a final evaluation", "期满未通过末期评估"),
    "underspent": Text("less is spent than the time suggests", "支出进度滞后"),
    "off_target": Text("fewer are reached than the time suggests", "受益人数偏离目标"),
}


class Thresholds(NamedTuple):
    """When warnings hold; None switches one off.

    `spent_percent` and `reached_percent` are of what the part of the term that has passed suggests: with 50, half of
    it. Both are asked once `from_percent` of the term have passed.
    """

    report_months: int | None  # a progress report for each so many months
    report_grace_days: int
    end_grace_days: int | None
    from_percent: int
    spent_percent: int | None
    reached_percent: int | None


_DAYS = validate.Range(0, 366)
_PERCENT = validate.Range(1, 100)


class ThresholdsForm(Schema):
    """Thresholds as areas set them."""

    report_months = fields.Int(required=True, allow_none=True, strict=True, validate=validate.Range(1, 12))
    report_grace_days = fields.Int(required=True, strict=True, validate=_DAYS)
    end_grace_days = fields.Int(required=True, allow_none=True, strict=True, validate=_DAYS)
    from_percent = fields.Int(required=True, strict=True, validate=_PERCENT)
    spent_percent = fields.Int(required=True, allow_none=True, strict=True, validate=_PERCENT)
    reached_percent = fields.Int(required=True, allow_none=True, strict=True, validate=_PERCENT)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Thresholds:
        return Thresholds(**data)


THRESHOLDS = AreaRule(
    "early_warnings", fields.Nested(ThresholdsForm), Thresholds(3, 10, 30, 50, 50, 50),
    "platform default: no rule of the field gives numbers",
    Text("When projects are warned of: late, underspent, off target", "项目预警阈值：逾期、支出滞后、偏离目标"),
)  # fmt: skip
RULES = (THRESHOLDS,)


@dataclass(frozen=True)
class Seen:
    """What warnings look at: the contract's term and figures, and what was reported."""

    starts_on: date
    ends_on: date
    amount_fen: int
    spent_fen: int
    reported_until: date | None
    final_passed: bool
    planned: Mapping[str, int]  # persons, by direct and indirect
    reached: Mapping[str, int]

    def elapsed(self, today: date) -> int:
        """Per cent of the term that have passed by the end of the day before, 0 to 100."""
        whole = (self.ends_on - self.starts_on).days + 1
        return min(100, max(0, (today - self.starts_on).days * 100 // whole))


class Warning(NamedTuple):
    """One that holds, with the figures that say so."""

    kind: str
    figures: dict[str, Any]


def holding(seen: Seen, limits: Thresholds, today: date) -> list[Warning]:
    """The warnings that hold on a day, in China's time."""
    return [*_late(seen, limits, today), *_behind(seen, limits, today)]


def _late(seen: Seen, limits: Thresholds, today: date) -> Iterator[Warning]:
    missed = [
        end
        for end in _periods(seen, limits.report_months)
        if today > end + timedelta(days=limits.report_grace_days)
        and (seen.reported_until is None or seen.reported_until < end)
    ]
    if missed:
        told = seen.reported_until.isoformat() if seen.reported_until else None
        yield Warning("report_late", {"missing": len(missed), "since": missed[0].isoformat(), "until": told})
    grace = limits.end_grace_days
    if grace is not None and today > seen.ends_on + timedelta(days=grace) and not seen.final_passed:
        yield Warning("end_late", {"ends_on": seen.ends_on.isoformat()})


def _behind(seen: Seen, limits: Thresholds, today: date) -> Iterator[Warning]:
    elapsed = seen.elapsed(today)
    if elapsed < limits.from_percent:
        return
    if _below(seen.spent_fen, seen.amount_fen, elapsed, limits.spent_percent):
        figures = {"spent_fen": seen.spent_fen, "amount_fen": seen.amount_fen, "elapsed_percent": elapsed}
        yield Warning("underspent", figures)
    short = {
        name: {"planned": planned, "reached": seen.reached[name]}
        for name, planned in seen.planned.items()
        if _below(seen.reached[name], planned, elapsed, limits.reached_percent)
    }
    if short:
        yield Warning("off_target", short | {"elapsed_percent": elapsed})


def _below(done: int, planned: int, elapsed: int, percent: int | None) -> bool:
    return percent is not None and done * 10_000 < planned * elapsed * percent


def _periods(seen: Seen, months: int | None) -> Iterator[date]:
    """The last day of each period that a progress report is due for."""
    number = 1
    while months:
        end = min(_months_later(seen.starts_on, number * months) - timedelta(days=1), seen.ends_on)
        yield end
        if end == seen.ends_on:
            return
        number += 1


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Change(NamedTuple):
    """What is to be recorded: warnings that begin to hold, and recorded ones that are over."""

    begun: list[Warning]
    over: list[Any]


def changed(recorded: Sequence[Any], now: Sequence[Warning]) -> Change:
    """What differs between the warnings that are recorded as holding and those that hold."""
    active = {one["kind"]: one for one in recorded if one.get("over_at") is None}
    kinds = {one.kind for one in now}
    begun = [one for one in now if one.kind not in active]
    return Change(begun, [one for kind, one in active.items() if kind not in kinds])
