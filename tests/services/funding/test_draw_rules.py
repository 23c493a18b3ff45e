"""The rules of draws and conflicts of interest."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain import draws, experts
from services.funding.domain.experts import Judge, Parties, Tie
from shared.errors import Refused

pytestmark = pytest.mark.unit

ON = date(2026, 4, 1)
PARTIES = Parties("applicant", "host", {"230102001005"})


def conflicts(judge: Judge, *, years: int = 0, same_street: bool = False) -> list[str]:
    return experts.conflicts(judge, PARTIES, ON, years=years, same_street=same_street)


def test_the_order_is_that_of_the_published_formula():
    # printf 'seed|beacon|round|E1' | sha256sum, and so on, begin with 2090, 2627, c05f, 700a.
    assert draws.order("seed", "beacon", "round", ["E1", "E2", "E3", "E4"]) == ["E1", "E2", "E4", "E3"]


NAMES = st.lists(st.text("ABCDEF0123456789", min_size=1, max_size=6), unique=True, max_size=20)


@given(st.text(max_size=20), NAMES, st.randoms())
def test_the_order_depends_on_the_seed_alone_and_not_on_how_the_roster_is_listed(seed, roster, chance):
    listed = list(roster)
    chance.shuffle(listed)
    assert draws.order(seed, "", "round", roster) == draws.order(seed, "", "round", listed)
    assert sorted(draws.order(seed, "", "round", roster)) == sorted(roster)


@given(NAMES.filter(lambda names: len(names) > 3), st.integers(1, 3), st.data())
def test_a_recused_expert_is_replaced_by_the_next_and_nobody_else_moves(roster, number, data):
    ordered = draws.order("seed", "", "round", roster)
    before = draws.seats(ordered, [], number)
    gone = data.draw(st.sampled_from(before))
    after = draws.seats(ordered, [gone], number)
    assert [each for each in before if each != gone] == after[: number - 1]
    assert after[number - 1 :] == [ordered[number]]


def test_a_seed_that_is_changed_after_its_hash_was_published_is_found_out():
    assert draws.hash_of("seed") != draws.hash_of("seeds")
    with pytest.raises(Refused, match="beacon-unfit"):
        draws.check_beacon("双色球 2026045", None)
    with pytest.raises(Refused, match="beacon-unfit"):
        draws.check_beacon(None, "0102030405")


@pytest.mark.parametrize(
    ("judge", "years", "street", "reasons"),
    [
        (Judge("other", "230102002", [Tie("elsewhere", "board")]), 3, True, []),
        (Judge("applicant", None), 0, False, ["same-organisation"]),
        (Judge("host", None), 0, False, ["same-host"]),
        (Judge(None, None, [Tie("host", "kinship"), Tie("applicant", "board")]), 0, False,
         ["tie-board", "tie-kinship"]),
        (Judge(None, "230102001"), 0, False, []),
        (Judge(None, "230102001009"), 0, True, ["same-street"]),
        (Judge(None, "230102"), 0, True, []),  # a district lies in no street
        # 实施条例 9: what ended within three years still counts for a purchase.
        (Judge(None, None, [Tie("applicant", "employment", date(2023, 4, 1))]), 3, False, ["tie-employment"]),
        (Judge(None, None, [Tie("applicant", "employment", date(2023, 3, 31))]), 3, False, []),
        (Judge(None, None, [Tie("applicant", "employment", date(2026, 3, 31))]), 0, False, []),
        (Judge(None, None, [Tie("applicant", "employment", date(2026, 4, 1))]), 0, False, ["tie-employment"]),
    ],
)  # fmt: skip
def test_each_kind_of_conflict_keeps_an_expert_from_judging(judge, years, street, reasons):
    assert conflicts(judge, years=years, same_street=street) == reasons


def test_three_years_before_a_29_february_are_counted_from_the_28th():
    tie = Tie("applicant", "control", date(2025, 2, 28))
    assert tie.counts(date(2028, 2, 29), 3)
    assert not tie._replace(until=date(2025, 2, 27)).counts(date(2028, 2, 29), 3)


def test_a_panel_that_is_too_small_names_the_applications():
    with pytest.raises(Refused) as refused:
        draws.check_enough({"a": ["E1"], "b": ["E1", "E2"]}, 2)
    assert refused.value.extra["applications"] == ["a"]
