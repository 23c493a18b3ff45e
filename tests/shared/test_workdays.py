"""Deadlines: the State Council's holiday notices of 2024 to 2026, years without a notice, and the Civil Code
民法典 201 to 203."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.workdays import Unit, deadline, is_workday

pytestmark = pytest.mark.unit

UNITS: tuple[Unit, ...] = ("days", "working_days", "months")


def days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def due(start: str, amount: int, unit: Unit, overrides: dict[date, bool] | None = None) -> str:
    """The last day of a period that begins at ten in the morning, China's time."""
    began = datetime.fromisoformat(f"{start}T10:00:00+08:00")
    return deadline(began, amount, unit, overrides).at.date().isoformat()


# The notices 国务院办公厅关于部分节假日安排的通知: days off, and weekend days that are worked instead.
HOLIDAYS = [
    *days("2024-02-10", "2024-02-17"),
    *days("2024-04-04", "2024-04-06"),
    *days("2024-05-01", "2024-05-05"),
    *days("2024-06-10", "2024-06-10"),
    *days("2024-09-15", "2024-09-17"),
    *days("2024-10-01", "2024-10-07"),
    *days("2025-01-28", "2025-02-04"),
    *days("2025-05-31", "2025-06-02"),
    *days("2025-10-01", "2025-10-08"),
    *days("2026-01-01", "2026-01-03"),
    *days("2026-02-15", "2026-02-23"),
    *days("2026-04-04", "2026-04-06"),
    *days("2026-05-01", "2026-05-05"),
    *days("2026-06-19", "2026-06-21"),
    *days("2026-09-25", "2026-09-27"),
    *days("2026-10-01", "2026-10-07"),
]
MADE_UP = [
    *("2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11"),
    *("2024-09-14", "2024-09-29", "2024-10-12"),
    *("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    *("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
]


@pytest.mark.parametrize("day", HOLIDAYS, ids=str)
def test_a_holiday_of_the_notices_is_not_worked(day: date) -> None:
    assert is_workday(day) == (False, True)


@pytest.mark.parametrize("day", MADE_UP)
def test_a_weekend_day_that_makes_up_for_a_holiday_is_worked(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert is_workday(date.fromisoformat(day)) == (True, True)


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_a_day_that_no_notice_names_is_worked_from_monday_to_friday(day: date) -> None:
    worked, certain = is_workday(day)
    assert certain
    if worked != (day.weekday() < 5):  # only by a notice: a holiday near, or a day made up for one
        assert worked == (day.isoformat() in MADE_UP)


@given(st.dates(date(2040, 1, 1), date(2100, 12, 31)))
def test_in_a_year_without_notice_monday_to_friday_count_and_that_is_not_certain(day: date) -> None:
    assert is_workday(day) == (day.weekday() < 5, False)


@given(st.dates(date(2024, 1, 1), date(2100, 12, 31)), st.booleans())
def test_an_areas_own_arrangement_decides_and_is_certain(day: date, worked: bool) -> None:
    assert is_workday(day, {day: worked}) == (worked, True)


@pytest.mark.parametrize(
    ("start", "amount", "last"),
    [
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday that makes up for the Spring Festival
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-13", 7, "2026-03-02"),  # Saturday the 28th is worked as well
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2025-09-30", 5, "2025-10-14"),  # 9, 10, 11 (made up), 13, 14
        ("2024-02-09", 2, "2024-02-19"),  # 18 (a Sunday, made up), 19
        ("2026-11-20", 5, "2026-11-27"),
    ],
)
def test_working_days_skip_holidays_and_count_days_made_up(start: str, amount: int, last: str) -> None:
    assert due(start, amount, "working_days") == last


def test_the_day_on_which_a_period_begins_does_not_count() -> None:
    assert due("2026-03-02", 1, "days") == "2026-03-03"
    assert due("2026-03-02", 1, "working_days") == "2026-03-03"
    assert due("2026-03-02", 1, "months") == "2026-04-02"


def test_a_period_of_days_counts_holidays_but_does_not_end_on_one() -> None:
    assert due("2026-02-10", 5, "days") == "2026-02-24"  # ends within the Spring Festival
    assert due("2026-02-10", 4, "days") == "2026-02-14"  # a Saturday, but worked
    assert due("2026-02-10", 20, "days") == "2026-03-02"


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2023-12-29", 2, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-03-31", 1, "2024-04-30"),
        ("2025-12-31", 2, "2026-02-28"),  # a Saturday that is worked
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-09-05", 1, "2026-10-08"),  # the corresponding day lies in the National Day holiday
        ("2026-11-30", 3, "2027-03-01"),  # 28 February 2027 is a Sunday
        ("2025-06-15", 18, "2026-12-15"),
    ],
)
def test_months_end_on_the_corresponding_day_or_the_months_last(start: str, months: int, last: str) -> None:
    assert due(start, months, "months") == last


@pytest.mark.parametrize("unit", UNITS)
def test_a_period_of_nothing_ends_with_its_own_day_even_on_a_holiday(unit: Unit) -> None:
    assert due("2026-10-01", 0, unit) == "2026-10-01"


@pytest.mark.parametrize("unit", UNITS)
def test_a_period_cannot_be_negative(unit: Unit) -> None:
    with pytest.raises(ValueError, match="negative"):
        deadline(clock.now(), -1, unit)


def test_the_day_is_chinas_and_ends_at_midnight_there() -> None:
    just_tomorrow = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # the 3rd in China
    at = deadline(just_tomorrow, 1, "days").at
    assert at == datetime(2026, 3, 4, 23, 59, 59, tzinfo=clock.CHINA)
    assert at.astimezone(UTC) == datetime(2026, 3, 4, 15, 59, 59, tzinfo=UTC)


def test_a_deadline_that_a_coming_notice_may_move_is_not_certain() -> None:
    start = datetime(2040, 1, 2, tzinfo=clock.CHINA)
    assert not deadline(start, 5, "working_days").certain
    assert not deadline(start, 5, "days").certain
    known = {(start + timedelta(days=n)).date(): True for n in range(10)}
    assert deadline(start, 5, "working_days", known).certain
    assert deadline(datetime(2026, 3, 2, tzinfo=UTC), 5, "working_days").certain


def test_a_snow_day_of_the_area_moves_its_deadlines() -> None:
    snow = {date(2026, 1, 14): False}
    assert due("2026-01-13", 1, "working_days") == "2026-01-14"
    assert due("2026-01-13", 1, "working_days", snow) == "2026-01-15"
    assert due("2026-01-13", 1, "days", snow) == "2026-01-15"
    assert due("2025-12-14", 1, "months", snow) == "2026-01-15"
    assert due("2025-12-15", 1, "months", snow) == due("2025-12-15", 1, "months")


starts = st.datetimes(datetime(2023, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
local = st.dictionaries(st.dates(date(2023, 1, 1), date(2032, 12, 31)), st.booleans(), max_size=20)


@given(starts, st.integers(0, 120), st.sampled_from(UNITS), local)
def test_a_longer_period_never_ends_earlier(
    start: datetime, amount: int, unit: Unit, overrides: dict[date, bool]
) -> None:
    shorter, longer = (deadline(start, n, unit, overrides).at for n in (amount, amount + 1))
    assert start <= shorter + timedelta(seconds=1)
    assert shorter < longer if unit == "working_days" else shorter <= longer


@given(
    starts, st.timedeltas(timedelta(0), timedelta(days=40)), st.integers(0, 60), st.sampled_from(UNITS), local
)
def test_a_later_start_never_ends_earlier(
    start: datetime, later: timedelta, amount: int, unit: Unit, overrides: dict[date, bool]
) -> None:
    assert deadline(start, amount, unit, overrides).at <= deadline(start + later, amount, unit, overrides).at


@given(starts, st.integers(1, 120), st.sampled_from(UNITS), local)
def test_every_period_ends_on_a_worked_day_at_its_last_second(
    start: datetime, amount: int, unit: Unit, overrides: dict[date, bool]
) -> None:
    at = deadline(start, amount, unit, overrides).at
    assert is_workday(at.date(), overrides)[0]
    assert (at.time(), at.tzinfo) == (time(23, 59, 59), clock.CHINA)


@given(starts, st.integers(1, 60), local)
def test_so_many_working_days_lie_between_start_and_deadline(
    start: datetime, amount: int, overrides: dict[date, bool]
) -> None:
    first = start.astimezone(clock.CHINA).date()
    last = deadline(start, amount, "working_days", overrides).at.date()
    after = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    assert sum(is_workday(day, overrides)[0] for day in after) == amount
