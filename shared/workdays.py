"""Deadlines in the unit that their rule states: days, working days 工作日, or months.

Working days follow the State Council's yearly holiday notices as `chinesecalendar` knows them. It raises for
years whose notice is not out yet; then Monday to Friday count, and `certain` says that the date may move. An
area may override single dates (snow days, local arrangements).
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

import chinese_calendar

from shared import clock

Unit = Literal["days", "working_days", "months"]


@dataclass(frozen=True)
class Deadline:
    """`at`: the last moment in time (aware); `certain`: False where a holiday notice is still to come."""

    at: datetime
    certain: bool


def is_workday(day: date, overrides: Mapping[date, bool] | None = None) -> tuple[bool, bool]:
    """Whether `day` is worked, and whether that is certain."""
    if overrides and day in overrides:
        return overrides[day], True
    try:
        return chinese_calendar.is_workday(day), True
    except NotImplementedError:
        return day.weekday() < 5, False


def deadline(
    start: datetime, amount: int, unit: Unit, overrides: Mapping[date, bool] | None = None
) -> Deadline:
    """The end of the last day, in China's time, of `amount` units counted from the day after `start`.

    The day on which a period begins does not count (民法典 201); a period of days or months that ends on a
    holiday ends on the next working day (民法典 203).
    """
    if amount < 0:
        raise ValueError("a period cannot be negative")
    day, certain = start.astimezone(clock.CHINA).date(), True
    if unit == "working_days":
        remaining = amount
        while remaining:
            day += timedelta(days=1)
            worked, known = is_workday(day, overrides)
            certain &= known
            remaining -= worked
    else:
        day = day + timedelta(days=amount) if unit == "days" else _months_later(day, amount)
        while amount:
            worked, known = is_workday(day, overrides)
            certain &= known
            if worked:
                break
            day += timedelta(days=1)
    return Deadline(datetime.combine(day, time(23, 59, 59), clock.CHINA), certain)


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or that month's last where it has none (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
