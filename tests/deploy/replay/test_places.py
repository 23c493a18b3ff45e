"""Rules of where items lie."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.replay import places
from shared import areas

pytestmark = pytest.mark.unit

DISTRICTS = st.sampled_from(["110101", "150203", "150204", "230102", "330203"])


@given(DISTRICTS, st.integers(1, 11), st.integers(1, 70), st.integers(0, 10**6))
def test_a_rule_that_has_no_fault_is_followed_to_the_number(
    district: str, streets: int, communities: int, seed: int
):
    rule = {"streets": streets, "communities": communities}
    if list(places.faults(rule, district)):
        return
    found = places.placed(rule, communities, district, random.Random(seed))
    assert len(set(found)) == communities
    assert len({code[:9] for code in found}) == streets
    assert set(found) <= set(areas.divisions(district))


@given(st.integers(20, 200), st.integers(0, 10**6))
def test_every_area_of_a_rule_is_used_and_those_named_come_first(count: int, seed: int) -> None:
    rule = {"streets": 6, "communities": 20, "include": ["230102001001", "230102019001"]}
    found = places.placed(rule, count, "230102", random.Random(seed))
    assert len(found) == count
    assert len(set(found)) == 20
    assert {"230102001001", "230102019001"} <= set(found)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"streets": 99}, "more than the 23"),
        ({"streets": 6, "communities": 3}, "at least as many"),
        ({"streets": 0}, "at least 1"),
        ({"villages": 3}, "villages"),
        ("330203001", "330203001"),
        (["230102999"], "code list"),
        ([], "no area"),
        ({"streets": 1, "include": ["230102001", "230102002"]}, "more streets"),
        (1.5, "must be"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_told(rule: Any, told: str) -> None:
    assert any(told in reason for reason in places.faults(rule, "230102"))
