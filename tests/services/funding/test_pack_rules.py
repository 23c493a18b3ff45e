"""Which sets of projects fit the budget."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain import packs
from services.funding.domain.packs import Item
from shared.errors import Refused

pytestmark = pytest.mark.unit

RANKED = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), max_size=9).map(
    lambda given: [Item(str(n), *each) for n, each in enumerate(sorted(given, key=lambda each: -each[0]))]
)


def tried(ranked: list[Item], budget: int) -> list[int]:
    """The best set by trying all: most points, then cheapest, then better places."""
    fitting = [
        chosen
        for size in range(len(ranked) + 1)
        for chosen in combinations(range(len(ranked)), size)
        if sum(ranked[n].amount for n in chosen) <= budget
    ]
    return list(
        max(
            fitting,
            key=lambda chosen: (
                sum(ranked[n].score for n in chosen),
                -sum(ranked[n].amount for n in chosen),
                sum(1 << (len(ranked) - n) for n in chosen),
            ),
        )
    )


@given(RANKED, st.integers(0, 120))
def test_the_best_set_is_that_which_trying_all_of_them_finds(ranked, budget):
    assert packs.best(ranked, budget) == tried(ranked, budget)


@given(RANKED, st.integers(0, 120))
def test_every_choice_fits_and_the_best_is_never_worse(ranked, budget):
    found = {each.name: each for each in packs.choices(ranked, budget)}
    assert set(found) == {"cut", "skip", "best"}
    for each in found.values():
        assert each.amount_fen + each.unused_fen == budget
        assert each.unused_fen >= 0
        assert each.score_hundredths <= found["best"].score_hundredths
    assert found["cut"].passed_over == []
    assert found["skip"].applications[: len(found["cut"].applications)] == found["cut"].applications


def test_the_price_of_each_choice_is_told():
    ranked = [Item("a", 9000, 60), Item("b", 8500, 50), Item("c", 8000, 30), Item("d", 7000, 15)]
    found = {each.name: each for each in packs.choices(ranked, 100)}
    assert (found["cut"].applications, found["cut"].unused_fen) == (["a"], 40)
    assert (found["skip"].applications, found["skip"].passed_over) == (["a", "c"], ["b"])
    assert (found["best"].applications, found["best"].passed_over) == (["b", "c", "d"], ["a"])
    assert found["best"].score_hundredths == 23_500


def test_what_cannot_be_worked_out_is_missing_and_not_guessed():
    odd = [Item(str(n), 1000 + 2 * n, 1000 + 2 * n) for n in range(40)]
    assert packs.best(odd, 15_001, most=50) is None
    with pytest.raises(Refused, match="choice-missing"):
        packs.chosen([], "best")


def test_a_round_of_two_hundred_is_worked_out_exactly():
    # Amounts of whole thousand yuan, unrelated to the scores, as rounds have them.
    ranked = sorted(
        (Item(str(n), 6000 + n * 7919 % 3500, (5 + n * 104_729 % 46) * 100_000) for n in range(200)),
        key=lambda item: -item.score,
    )
    budget = sum(item.amount for item in ranked) * 2 // 3
    chosen = packs.best(ranked, budget)
    assert chosen is not None
    assert sum(ranked[n].amount for n in chosen) <= budget
    assert packs.answered(packs.worked_out(packs.asked(ranked, budget))) == packs.choices(ranked, budget)
