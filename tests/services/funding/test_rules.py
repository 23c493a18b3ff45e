"""The rules of review, screening and tranches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain import review, rounds, sharing
from services.funding.domain.review import Candidate, Given
from services.funding.domain.sharing import Part
from shared import money
from shared.errors import Refused
from shared.lifecycle import advance, table

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 1, tzinfo=UTC)
ONE = {"需求": 1}


def candidate(name: str, *scores: int, amount: int = 100, minutes: int = 0) -> Candidate:
    given = [Given(f"E{number}", {"需求": score}) for number, score in enumerate(scores)]
    return Candidate(name, START + timedelta(minutes=minutes), amount, given)


def outcomes(*candidates: Candidate, threshold: int = 60, free: int = 10**6) -> dict[str, str]:
    return {p.application: p.outcome for p in review.rank(candidates, ONE, threshold, free)}


def test_an_experts_score_is_weighted_exactly():
    assert review.weigh({"a": 90, "b": 70}, {"a": 60, "b": 40}) == 82
    assert review.weigh({"a": 100, "b": 0}, {"a": 1, "b": 2}) == Fraction(100, 3)


@pytest.mark.parametrize(
    ("scores", "mean"),
    [
        ([80], 8000),
        ([0, 80, 80, 100], 6500),  # four: all count
        ([0, 80, 80, 80, 100], 8000),  # five: lowest and highest left out
        ([100, 100, 100, 100, 100], 10000),
        ([0, 0, 50, 90, 100, 100], 6000),  # one lowest and one highest only
    ],
)
def test_lowest_and_highest_are_left_out_from_five_scores_on(scores, mean):
    (place,) = review.rank([candidate("a", *scores)], ONE, 0, 10**6)
    assert place.score_hundredths == mean
    assert sorted(place.counted + place.left_out) == sorted(s * 100 for s in scores)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=12))
def test_one_extreme_score_of_five_or_more_never_decides(scores):
    (place,) = review.rank([candidate("a", *scores)], ONE, 0, 10**6)
    assert min(scores) * 100 <= place.score_hundredths <= max(scores) * 100
    if len(scores) >= review.TRIM_FROM:
        inner = sorted(scores)[1:-1]
        assert min(inner) * 100 <= place.score_hundredths <= max(inner) * 100


def test_means_are_rounded_half_up_to_hundredths_before_they_are_compared():
    assert review.hundredths(Fraction(200, 3)) == 6667
    assert review.hundredths(Fraction(80_005, 1000)) == 8001
    assert review.hundredths(Fraction(800_049, 10_000)) == 8000


def test_ties_go_to_the_earlier_submission():
    places = review.rank(
        [candidate("late", 80, minutes=2), candidate("early", 80, minutes=1), candidate("best", 81, minutes=3)],
        ONE, 60, 10**6,
    )  # fmt: skip
    assert [(p.application, p.rank) for p in places] == [("best", 1), ("early", 2), ("late", 3)]


def test_the_threshold_itself_is_enough():
    assert outcomes(candidate("on", 60), candidate("below", 59)) == {
        "on": "proposed",
        "below": "below_threshold",
    }


def test_the_first_that_the_budget_does_not_reach_ends_the_list():
    found = outcomes(
        candidate("first", 90, amount=60), candidate("too-much", 85, amount=50), candidate("small", 80, amount=10),
        candidate("low", 10, amount=1), free=100,
    )  # fmt: skip
    assert found == {
        "first": "proposed", "too-much": "beyond_budget", "small": "beyond_budget", "low": "below_threshold",
    }  # fmt: skip


def test_a_budget_that_is_met_exactly_suffices():
    assert outcomes(candidate("a", 90, amount=60), candidate("b", 85, amount=40), free=100) == {
        "a": "proposed",
        "b": "proposed",
    }


def test_an_application_without_a_score_is_named():
    with pytest.raises(Refused) as refused:
        review.rank([candidate("a", 80), candidate("b")], ONE, 60, 100)
    assert refused.value.extra["applications"] == ["b"]


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 1000)), max_size=30),
    st.integers(0, 100),
    st.integers(0, 5000),
)
def test_what_is_proposed_fits_the_budget_and_nothing_better_is_passed_over(given, threshold, free):
    candidates = [
        candidate(str(n), score, amount=amount, minutes=n) for n, (score, amount) in enumerate(given)
    ]
    places = review.rank(candidates, ONE, threshold, free)
    assert sum(p.amount_fen for p in places if p.outcome == "proposed") <= free
    found = [p.outcome for p in places]
    assert found == sorted(found, key=["proposed", "beyond_budget", "below_threshold"].index)
    assert [p.rank for p in places] == list(range(1, len(given) + 1))


def test_ranking_does_not_depend_on_the_order_of_what_is_given():
    several = [candidate(str(n), 50 + n % 3, minutes=n) for n in range(9)]
    assert review.rank(several, ONE, 51, 400) == review.rank(several[::-1], ONE, 51, 400)


def test_a_round_closes_after_it_opens():
    rounds.check_dates(START, START + timedelta(1))
    for opens, closes in (
        (START, START), (START, START.replace(year=9999)), (START.replace(year=1), START),
        (START.replace(year=9998), START.replace(year=9999)),
    ):  # fmt: skip
        with pytest.raises(Refused):
            rounds.check_dates(opens, closes)


def test_a_round_takes_one_course_only():
    assert advance(rounds.RoundLife, advance(rounds.RoundLife, "draft", "prepare"), "opening") == "open"
    state = "draft"
    for action in ("opening", "closing", "ranking", "notice", "conclusion"):
        assert set(table(rounds.RoundLife)[state]) - {"prepare"} == {action}
        state = advance(rounds.RoundLife, state, action)
    assert state == "concluded"


def test_tranche_shares_lose_no_fen():
    assert money.shares(101, [50, 30, 20]) == [51, 30, 20]
    assert sharing.draw([Part("a", 60), Part("b", 41)], [51, 30, 20], 1) == [Part("a", 9), Part("b", 21)]


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=5),
    st.lists(st.integers(1, 100), min_size=1, max_size=3),
)
def test_tranches_draw_on_each_fund_exactly_what_it_committed(amounts, weights):
    sources = [Part(str(n), amount) for n, amount in enumerate(amounts)]
    tranches = money.shares(sum(amounts), weights)
    drawn = [sharing.draw(sources, tranches, index) for index in range(len(tranches))]
    assert [sum(p.amount for p in parts) for parts in drawn] == tranches
    for fund, amount in sources:
        assert sum(p.amount for parts in drawn for p in parts if p.fund == fund) == amount
    assert all(p.amount > 0 for parts in drawn for p in parts)


def test_an_award_draws_on_funds_in_their_order_or_as_wanted():
    free = {"a": 70, "b": 0, "c": 50}
    assert sharing.split(100, free) == [Part("a", 70), Part("c", 30)]
    assert sharing.split(100, free, [Part("a", 50), Part("c", 50)]) == [Part("a", 50), Part("c", 50)]
    for wanted in ([Part("a", 99)], [Part("x", 100)], [Part("a", 50), Part("a", 50)]):
        with pytest.raises(Refused, match="split-unfit"):
            sharing.split(100, free, wanted)
    with pytest.raises(Refused, match="fund-exhausted"):
        sharing.split(121, free)
