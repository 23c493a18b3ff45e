"""Areas: the digits of a division code are the tree."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import areas

pytestmark = pytest.mark.unit

LISTS = sorted((Path(areas.__file__).parent / "data" / "divisions").glob("*.csv"))

codes = st.sampled_from((6, 9, 12)).flatmap(
    lambda length: st.text(alphabet="0123456789", min_size=length, max_size=length)
)


@given(codes)
def test_a_path_leads_from_the_district_to_the_area_each_within_the_one_before(code: str) -> None:
    path = areas.path(code)
    assert path[-1] == code
    assert [areas.tier(step) for step in path] == ["district", "street", "community"][: len(path)]
    assert all(areas.contains(outer, inner) for outer, inner in pairwise(path))
    assert [areas.parent(step) for step in path] == [None, *path[:-1]]


@given(codes, codes)
def test_an_area_contains_exactly_those_on_whose_path_it_stands(one: str, other: str) -> None:
    assert areas.contains(one, other) == (one in areas.path(other))
    if areas.contains(one, other) and areas.contains(other, one):
        assert one == other


@given(codes, st.text(alphabet="0123456789", min_size=3, max_size=3))
def test_what_contains_an_area_contains_what_lies_below_it(code: str, digits: str) -> None:
    below = (code + digits)[:12]
    assert all(areas.contains(above, below) for above in areas.path(code))


@pytest.mark.parametrize(
    "code",
    ["", "23", "2301020", "23010200100", "2301020010011", "23010a", "２３０１０２", "230102\n", " 30102"],
)
def test_nothing_else_is_an_area(code: str) -> None:
    assert not areas.is_area(code)
    assert not areas.contains("230102", code)
    assert not areas.contains(code, "230102001")
    for question in (areas.tier, areas.parent, areas.path):
        with pytest.raises(ValueError, match="not a division code"):
            question(code)


def test_a_longer_number_that_begins_alike_is_no_part_of_a_district() -> None:
    assert not areas.contains("230102", "230103")
    assert not areas.contains("230102001", "230102")
    assert not areas.contains("2301", "230102")


@pytest.mark.parametrize("source", LISTS, ids=[source.stem for source in LISTS])
def test_every_division_of_the_official_lists_hangs_on_its_parent(source: Path) -> None:
    divisions = areas.divisions(source.stem)
    with source.open(encoding="utf-8", newline="") as lines:
        assert len(divisions) == len(list(csv.DictReader(lines))) > 1, "no code stands twice"
    for division in divisions.values():
        assert division.parent == areas.parent(division.code)
        assert division.parent is None or division.parent in divisions
        assert division.name.strip()
        assert areas.contains(source.stem, division.code)


def test_an_area_is_called_by_its_official_name() -> None:
    assert areas.name("230102") == "道里区"
    assert areas.name("230102001") == "兆麟街道"


def test_an_area_that_no_list_has_is_called_by_its_code() -> None:
    assert areas.name("230102999") == "230102999"
    assert areas.name("999999001") == "999999001"
    assert areas.divisions("999999") == {}
