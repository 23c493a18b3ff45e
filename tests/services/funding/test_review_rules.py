"""The rules by which a round ranks: who counts, what is left out, what decides between equal scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain import review
from services.funding.domain.review import Candidate, Given, Rules
from shared.errors import Refused

pytestmark = pytest.mark.unit

START = datetime(2026, 3, 1, tzinfo=UTC)
CRITERIA = {"需求": 60, "可行性": 40}


def candidate(name: str, *points: tuple[int, int], panel: int | None = None, **more: Any) -> Candidate:
    """With a score of each of E1, E2 and so on; `panel` is how many of these were drawn."""
    scores = [Given(f"E{n}", dict(zip(CRITERIA, both, strict=True))) for n, both in enumerate(points, 1)]
    drawn = [f"E{n}" for n in range(1, panel + 1)] if panel else None
    return replace(Candidate(name, START, 100, scores, drawn), **more)


def ranked(*candidates: Candidate, rules: Rules = Rules()) -> list[review.Place]:  # noqa: B008, immutable
    return review.rank(candidates, CRITERIA, 0, 10**6, rules)


def test_every_figure_of_a_place_is_explained_down_to_the_scores():
    (place,) = ranked(candidate("a", (90, 80), (70, 70), (100, 95), (80, 60), (85, 85)))
    told = {each["expert"]: (each["weighted_hundredths"], each["treatment"]) for each in place.scores}
    assert told == {
        "E1": (8600, "counted"), "E2": (7000, "lowest"), "E3": (9800, "highest"), "E4": (7200, "counted"),
        "E5": (8500, "counted"),
    }  # fmt: skip
    assert place.score_hundredths == 8100  # of 86, 72 and 85
    assert (place.counted, place.left_out) == ([7200, 8500, 8600], [7000, 9800])


@pytest.mark.parametrize(("trim_from", "mean"), [(5, 8200), (3, 8800), (None, 8200)])
def test_from_how_many_scores_the_ends_are_left_out_is_the_rounds_to_say(trim_from, mean):
    (place,) = ranked(candidate("a", (60, 60), (88, 88), (98, 98)), rules=Rules(trim_from=trim_from))
    assert place.score_hundredths == mean


def test_missing_scores_are_waited_for_or_passed_over_by_rule():
    one = candidate("a", (80, 80), (70, 70), panel=3)
    (place,) = ranked(one)
    assert (place.score_hundredths, place.missing) == (7500, ["E3"])
    with pytest.raises(Refused) as refused:
        ranked(one, rules=Rules(missing="wait"))
    assert refused.value.extra["applications"] == ["a"]
    with pytest.raises(Refused, match="unscored"):
        ranked(candidate("b", panel=2))


def test_who_was_recused_is_not_counted_though_a_score_is_there():
    (place,) = ranked(candidate("a", (80, 80), (70, 70), (0, 0), panel=2), rules=Rules(missing="wait"))
    assert (place.score_hundredths, [each["expert"] for each in place.scores]) == (7500, ["E2", "E1"])


LATER = START + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("ties", "winner", "told"),
    [
        (["earlier"], "early", "earlier"),
        (["smaller_amount", "earlier"], "small", "smaller_amount"),
        (["more_beneficiaries"], "many", "more_beneficiaries"),
        (["first_criterion"], "first", "first_criterion"),
    ],
)
def test_each_rule_decides_between_equal_scores_and_says_so(ties, winner, told):
    late: dict[str, Any] = {"submitted_at": LATER, "beneficiaries": 5}
    equal = [
        candidate("early", (80, 80), beneficiaries=5),
        candidate("small", (80, 80), **late | {"amount": 50}),
        candidate("many", (80, 80), **late | {"beneficiaries": 9}),
        candidate("first", (90, 65), **late),
    ]
    places = ranked(*equal, rules=Rules(ties=ties))
    assert {place.score_hundredths for place in places} == {8000}
    assert places[0].application == winner
    assert (places[0].tie, places[1].tie) == (None, told)


def test_what_no_rule_can_tell_apart_is_ordered_by_submission_and_then_by_number():
    same = [candidate("b", (80, 80)), candidate("a", (80, 80)), candidate("z", (80, 80), submitted_at=LATER)]
    places = ranked(*same, rules=Rules(ties=["smaller_amount"]))
    assert [(p.application, p.tie) for p in places] == [("a", None), ("b", "identifier"), ("z", "earlier")]


POINTS = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=7)


@given(POINTS, st.one_of(st.none(), st.integers(3, 7)))
def test_the_mean_is_exactly_that_of_the_scores_that_count(points, trim_from):
    (place,) = ranked(candidate("a", *points), rules=Rules(trim_from=trim_from))
    exact = sorted(Fraction(60 * one + 40 * other, 100) for one, other in points)
    counted = exact[1:-1] if trim_from is not None and len(exact) >= trim_from else exact
    assert place.score_hundredths == review.hundredths(sum(counted, Fraction()) / len(counted))
    assert len(place.counted) + len(place.left_out) == len(points)


def test_another_set_is_proposed_without_changing_a_place():
    places = review.rank(
        [candidate(n, (p, p), amount=a) for n, p, a in (("a", 90, 60), ("b", 80, 50), ("c", 70, 40), ("d", 5, 1))],
        CRITERIA, 60, 100,
    )  # fmt: skip
    assert [p.outcome for p in places] == ["proposed", "beyond_budget", "beyond_budget", "below_threshold"]
    other = review.chosen(places, {"b", "c"})
    assert [(p.outcome, p.needed_fen) for p in other] == [
        ("beyond_budget", 0), ("proposed", 50), ("proposed", 90), ("below_threshold", 90),
    ]  # fmt: skip
    assert [replace(p, outcome="", needed_fen=0) for p in other] == [
        replace(p, outcome="", needed_fen=0) for p in places
    ]


def test_a_round_without_a_review_lines_up_by_submission():
    late = candidate("late", submitted_at=LATER)
    places = review.line_up([late, candidate("early")], 100)
    assert [(p.application, p.outcome, p.scores) for p in places] == [
        ("early", "proposed", []), ("late", "beyond_budget", []),
    ]  # fmt: skip
