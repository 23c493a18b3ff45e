"""Rules of service stations and party organisations."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain import party, stations
from services.registry.domain.stations import Known, Share
from shared.errors import Refused

pytestmark = pytest.mark.unit

DAY = date(2026, 3, 2)


@given(st.dictionaries(st.integers(0, 50), st.booleans(), min_size=1, max_size=30))
def test_the_history_tells_of_each_day_what_the_last_visit_by_then_found(visits: dict[int, bool]):
    history = stations.history({DAY + timedelta(days=day): fits for day, fits in visits.items()})
    for day in range(50):
        before = [visits[each] for each in sorted(visits) if each <= day]
        known = Known("230102001001", DAY, None, False, history)
        assert stations.share([known], DAY + timedelta(days=day)).complying == bool(before and before[-1])
    assert all(one["complies"] != two["complies"] for one, two in pairwise(history))


def test_stations_count_while_they_are_open_and_those_of_older_versions_as_they_stand():
    stand = [
        Known("a", None, None, True, []),
        Known("b", DAY, None, False, [{"on": "2026-03-02", "complies": False}]),
        Known("c", DAY, DAY + timedelta(days=1), True, [{"on": "2026-03-02", "complies": True}]),
    ]
    assert stations.share(stand, DAY - timedelta(days=1)) == Share(1, 1)
    assert stations.share(stand, DAY) == Share(3, 2)
    assert stations.share(stand, DAY + timedelta(days=1)) == Share(2, 1)
    assert (Share(3, 2).percent, Share(0, 0).percent) == (66, None)


def test_a_trend_has_the_ends_of_the_months_before_its_day():
    assert stations.month_ends(DAY, 2) == [date(2026, 1, 31), date(2026, 2, 28), DAY]


def test_a_visit_lies_neither_in_the_future_nor_before_the_station():
    stations.check_visit(DAY, DAY, DAY)
    for visited in (DAY + timedelta(days=1), DAY - timedelta(days=1)):
        with pytest.raises(Refused):
            stations.check_visit(visited, DAY, DAY)


def test_a_functional_branch_holds_nobody_for_itself():
    assert party.holds("functional", ["a"]) == []
    assert party.holds("joint", ["a", "b"]) == ["a", "b"]


def test_leaving_is_for_those_who_belong():
    assert party.left(["a", "b"], "a") == ["b"]
    with pytest.raises(Refused):
        party.left(["a", "b"], "c")
    with pytest.raises(Refused):
        party.check_branch("functional", [])
