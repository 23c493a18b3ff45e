"""Single items that add up to exactly the published totals."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.replay.amounts import dealt, grouped, split, split_fen

pytestmark = pytest.mark.unit

SEEDS = st.integers(0, 10**6)


@given(st.integers(0, 10**7), st.integers(1, 200), SEEDS)
def test_parts_of_a_total_sum_up_to_it(total: int, parts: int, seed: int) -> None:
    found = split(total, parts, random.Random(seed))
    assert len(found) == parts
    assert sum(found) == total
    assert min(found) >= 0


@given(st.integers(1, 60), st.integers(1, 1000), st.integers(0, 1000), SEEDS)
def test_parts_stay_between_the_least_and_the_most(parts: int, least: int, room: int, seed: int) -> None:
    total = random.Random(seed).randint(least * parts, (least + room) * parts)
    found = split(total, parts, random.Random(seed), least=least, most=least + room)
    assert sum(found) == total
    assert all(least <= part <= least + room for part in found)


@given(st.integers(1, 100), st.integers(1, 10**11), SEEDS)
def test_every_grant_is_positive_and_they_sum_up_to_the_fen(parts: int, above: int, seed: int) -> None:
    total = parts + above
    found = split_fen(total, parts, random.Random(seed))
    assert len(found) == parts
    assert sum(found) == total
    assert min(found) > 0


@given(st.integers(1, 60), st.integers(1, 10**8), SEEDS)
def test_no_grant_is_above_the_cap(parts: int, cap: int, seed: int) -> None:
    total = random.Random(seed).randint(parts, cap * parts)
    found = split_fen(total, parts, random.Random(seed), most=cap)
    assert sum(found) == total
    assert all(0 < part <= cap for part in found)


def test_grants_are_round_where_the_total_is() -> None:
    found = split_fen(144_500_000, 61, random.Random(1))
    assert sum(found) == 144_500_000
    assert all(part % 100_000 == 0 for part in found)


@pytest.mark.parametrize(("total", "parts", "most"), [(5, 0, None), (3, 4, None), (9, 2, 4)])
def test_what_cannot_be_shared_is_refused(total: int, parts: int, most: int | None) -> None:
    with pytest.raises(ValueError, match="split"):
        split_fen(total, parts, random.Random(1), most=most)


@given(st.integers(1, 300), st.data())
def test_merging_leaves_no_group_empty_and_loses_nobody(items: int, data: st.DataObject) -> None:
    groups = data.draw(st.integers(1, items))
    sizes = grouped(items, groups, random.Random(data.draw(SEEDS)))
    assert len(sizes) == groups
    assert sum(sizes) == items
    assert min(sizes) >= 1


@given(SEEDS)
def test_weights_that_sum_up_to_the_number_are_met_exactly(seed: int) -> None:
    found = dealt({"survey": 34, "visit": 50, "online": 4}, 88, random.Random(seed))
    assert {name: found.count(name) for name in set(found)} == {"survey": 34, "visit": 50, "online": 4}
