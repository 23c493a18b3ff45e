from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.incubator import domain
from shared.errors import Refused
from shared.lifecycle import advance

pytestmark = pytest.mark.unit

# A wish for some desks, or None: the residency that entered first ends.
WISHES = st.lists(st.one_of(st.none(), st.integers(1, 8)), max_size=60)


@given(st.integers(1, 20), WISHES)
def test_desks_taken_are_those_of_the_residents_and_never_more_than_there_are(
    capacity: int, wishes: list[int | None]
):
    occupied, residents = 0, list[int]()
    for desks in wishes:
        if desks is None:
            if residents:
                occupied = domain.occupied_without(occupied, residents.pop(0))
        else:
            try:
                occupied = domain.occupied_after(capacity, occupied, desks)
                residents.append(desks)
            except Refused:
                assert sum(residents) + desks > capacity
        assert occupied == sum(residents) <= capacity


def test_a_full_centre_says_how_many_desks_are_left():
    with pytest.raises(Refused) as raised:
        domain.occupied_after(10, 8, 3)
    assert (raised.value.code, raised.value.field, raised.value.extra["free"]) == ("centre-full", "desks", 2)


def test_a_term_ends_on_the_same_day_two_years_later():
    assert domain.term_end(datetime(2023, 6, 11, 16, tzinfo=UTC), 24) == date(2025, 6, 12)  # 12 June in China


def test_a_term_that_ends_on_a_holiday_ends_on_the_next_working_day():
    assert domain.term_end(datetime(2023, 10, 1, tzinfo=UTC), 24) == date(2025, 10, 9)


def test_a_stage_is_reached_or_confirmed_but_not_taken_back():
    domain.check_stage("germination", "growth")
    domain.check_stage("start_up", "start_up")
    with pytest.raises(Refused, match="stage-behind"):
        domain.check_stage("growth", "start_up")


def test_an_applicant_enters_or_leaves_but_cannot_graduate():
    assert advance(domain.ResidencyLife, "applied", "enter") == "resident"
    assert advance(domain.ResidencyLife, "applied", "leave") == "left"
    with pytest.raises(Refused, match="not-in-this-state"):
        advance(domain.ResidencyLife, "applied", "graduate")
