"""Review by experts 评审: scores, trimmed means, the ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from shared.errors import Refused, Text

TRIM_FROM = 5  # scores from which the highest and the lowest are left out


def check_scores(given: Mapping[str, int], criteria: Mapping[str, int]) -> None:
    """Raise Refused unless every criterion of the round is scored, and no other."""
    if set(given) != set(criteria):
        names = "、".join(criteria)
        raise Refused(
            "criteria-unfit",
            Text("The scores do not match the round's criteria.", "评分与本轮评审指标不符。"),
            Text(f"Score exactly: {names}.", f"请对下列指标逐一评分：{names}。"),
            field="scores",
        )


def weigh(given: Mapping[str, int], criteria: Mapping[str, int]) -> Fraction:
    """One expert's weighted score, 0 to 100."""
    return Fraction(sum(given[name] * weight for name, weight in criteria.items()), sum(criteria.values()))


def trim(values: Sequence[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
    """The values that count and those left out: the lowest and the highest, once each, from TRIM_FROM on."""
    ordered = sorted(values)
    if len(ordered) < TRIM_FROM:
        return ordered, []
    return ordered[1:-1], [ordered[0], ordered[-1]]


def hundredths(value: Fraction) -> int:
    """Rounded half up. Scores are compared as they are shown, so that a tie that anybody can see is a tie."""
    return int(value * 100 + Fraction(1, 2))


@dataclass(frozen=True)
class Candidate:
    """A screened application with its experts' scores."""

    id: str
    submitted_at: datetime
    amount: int
    scores: Sequence[Mapping[str, int]]


@dataclass(frozen=True)
class Place:
    """A place in the ranking with every figure that led to it; scores in hundredths of a point."""

    application: str
    rank: int
    score_hundredths: int
    counted: list[int]
    left_out: list[int]
    amount_fen: int
    needed_fen: int  # by this one and all that are proposed above it
    outcome: str  # proposed | below_threshold | beyond_budget


def rank(
    candidates: Sequence[Candidate], criteria: Mapping[str, int], threshold: int, free: int
) -> list[Place]:
    """The ranking: by trimmed mean, ties by earlier submission, proposed down to threshold and budget.

    The first that the budget does not reach ends the list: a smaller one below it does not overtake.
    Raises Refused while an application has no score.
    """
    unscored = [c.id for c in candidates if not c.scores]
    if unscored:
        raise Refused(
            "unscored",
            Text(f"{len(unscored)} applications have no score yet.", f"尚有 {len(unscored)} 个申报未评分。"),
            Text("Let the experts score them first.", "请先完成专家评分。"),
            applications=unscored,
        )
    scored = []
    for candidate in candidates:
        counted, left_out = trim([weigh(given, criteria) for given in candidate.scores])
        scored.append((hundredths(Fraction(sum(counted), len(counted))), candidate, counted, left_out))
    scored.sort(key=lambda s: (-s[0], s[1].submitted_at, s[1].id))
    places: list[Place] = []
    needed, exhausted = 0, False
    for number, (score, candidate, counted, left_out) in enumerate(scored, 1):
        if score < threshold * 100:
            outcome = "below_threshold"
        elif exhausted or needed + candidate.amount > free:
            outcome, exhausted = "beyond_budget", True
        else:
            outcome, needed = "proposed", needed + candidate.amount
        places.append(
            Place(
                candidate.id, number, score, [hundredths(v) for v in counted], [hundredths(v) for v in left_out],
                candidate.amount, needed, outcome,
            )
        )  # fmt: skip
    return places


def line_up(
    candidates: Sequence[Candidate], criteria: Mapping[str, int], threshold: int, free: int
) -> list[Place]:
    """The ranking of a round without a review: by submission alone, proposed as far as the budget reaches."""
    unscored = [replace(each, scores=[dict.fromkeys(criteria or {"": 1}, 0)]) for each in candidates]
    return rank(unscored, dict.fromkeys(criteria or {"": 1}, 1), 0, free)
