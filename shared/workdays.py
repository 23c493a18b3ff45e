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


def left(
    start: datetime, amount: int, unit: Unit, at: datetime, overrides: Mapping[date, bool] | None = None
) -> tuple[int, Unit]:
    """What is left, one at least, of a period that stands still from `at` on: counted like the period itself, from
    the day after it goes on. The day on which it comes to stand still is not used up. Of months, days are left."""
    begun, day = (moment.astimezone(clock.CHINA).date() for moment in (start, at))
    if unit == "working_days":
        between = (begun + timedelta(days=n) for n in range(1, (day - begun).days))
        return max(1, amount - sum(is_workday(each, overrides)[0] for each in between)), unit
    end = begun + timedelta(days=amount) if unit == "days" else _months_later(begun, amount)
    used = max(0, (day - begun).days - 1)
    return max(1, (end - begun).days - used), "days"


def before(end: datetime, working_days: int, overrides: Mapping[date, bool] | None = None) -> datetime:
    """The beginning, in China's time, of the day that lies so many working days before the day of `end`."""
    day, remaining = end.astimezone(clock.CHINA).date(), working_days
    while remaining:
        day -= timedelta(days=1)
        remaining -= is_workday(day, overrides)[0]
    return datetime.combine(day, time(), clock.CHINA)


def _months_later(day: date, months: int) -> date:
    """The same day of the month, or that month's last where it has none (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
