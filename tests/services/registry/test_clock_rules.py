"""Rules of deadlines, whatever the days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.documents.organisations import Organisation
from services.registry.domain import clocks as rules
from services.registry.domain.rules import RULES
from shared import clocks, workdays
from shared.clock import CHINA
from shared.lifecycle import table
from shared.workdays import Unit, is_workday, left

pytestmark = pytest.mark.unit

starts = st.datetimes(datetime(2023, 1, 1), datetime(2030, 12, 31), timezones=st.just(CHINA))  # noqa: DTZ001
units = st.sampled_from(("days", "working_days", "months"))
amounts = st.integers(1, 90)
reminds = st.integers(0, 20)
local = st.dictionaries(st.dates(date(2023, 1, 1), date(2032, 12, 31)), st.booleans(), max_size=20)


@given(starts, amounts, units, reminds, local)
def test_staff_are_reminded_within_the_period_and_it_passes_only_after_its_last_moment(
    since: datetime, amount: int, unit: Unit, remind: int, overrides: dict[date, bool]
):
    clock = clocks.clock(since, amount, unit, remind, overrides)
    assert since <= clock.near_at <= clock.due_at < clock.passed_at
    assert clock.due_at.date() >= _earliest(since.date(), amount, unit)
    assert [clock.stage(at) for at in (clock.near_at, clock.due_at, clock.passed_at)] == [
        "near", "near", "past",
    ]  # fmt: skip
    if clock.near_at > since:
        assert clock.stage(clock.near_at - timedelta(milliseconds=1)) == "running"
        assert _worked(clock.near_at.date(), clock.due_at.date(), overrides) == remind


def _earliest(begun: date, amount: int, unit: Unit) -> date:
    """The rule's own date, before holidays move it."""
    if unit == "months":
        return begun + timedelta(days=28 * amount)
    return begun + timedelta(days=amount)


def _worked(first: date, before: date, overrides: dict[date, bool]) -> int:
    days = (first + timedelta(days=n) for n in range((before - first).days))
    return sum(is_workday(day, overrides)[0] for day in days)


@given(
    starts, amounts, st.sampled_from(("days", "working_days")), st.integers(0, 60), st.integers(0, 60), local
)
def test_a_period_that_stood_still_has_as_many_days_in_all_as_one_that_did_not(
    since: datetime, amount: int, unit: Unit, after: int, pause: int, overrides: dict[date, bool]
):
    """Days used before and days left make up the whole; the days of standing still are nobody's."""
    stopped = since + timedelta(days=after)
    rest, of = left(since, amount, unit, stopped, overrides)
    begun = since.date() + timedelta(days=1)
    used = max(0, after - 1) if unit == "days" else _worked(begun, stopped.date(), overrides)
    assert (rest, of) == (max(1, amount - used), unit)
    resumed = stopped + timedelta(days=pause)
    again = workdays.deadline(resumed, rest, of, overrides).at
    assert again > resumed
    if used < amount:
        assert again >= workdays.deadline(since, amount, unit, overrides).at


@given(starts, st.integers(1, 24), st.integers(0, 900))
def test_of_months_that_stood_still_days_are_left(since: datetime, months: int, after: int):
    rest, of = left(since, months, "months", since + timedelta(days=after))
    assert of == "days"
    assert 1 <= rest <= 31 * months


@pytest.mark.parametrize("track", rules.ORGANISATION_STEPS)
def test_steps_name_states_and_actions_of_the_life_cycle(track: str):
    life = table(Organisation.life)
    for step in rules.ORGANISATION_STEPS[track]:
        assert {step.status, *step.paused_in} <= life.keys()
        assert step.lapse is None or step.lapse in life[step.status]
        assert step.limit.name in RULES
        assert step.limit.source


def test_a_limit_of_an_area_is_told_and_read_in_the_same_form():
    raw = rules.ACCEPTANCE.dump(rules.ACCEPTANCE.default)
    assert raw == {"amount": 5, "unit": "working_days", "remind": 1}
    assert rules.ACCEPTANCE.load(raw) == rules.ACCEPTANCE.default
