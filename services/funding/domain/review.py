"""Review by experts 评审: scores, trimmed means, the ranking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from shared.errors import Refused, Text

TRIM_FROM = 5  # scores from which the highest and the lowest are left out, where a round says nothing else


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


def hundredths(value: Fraction) -> int:
    """Rounded half up. Scores are compared as they are shown, so that a tie that anybody can see is a tie."""
    return int(value * 100 + Fraction(1, 2))


class Rules(NamedTuple):
    """How a round ranks. `missing`: `present` ranks by the scores that are there, one at least; `wait` asks for those
    of the whole panel. `ties` are tried one after the other: `earlier` submission, `smaller_amount`,
    `more_beneficiaries` (direct ones), better mean of the `first_criterion`; at last the earlier submission."""

    trim_from: int | None = TRIM_FROM  # None: nothing is left out
    missing: str = "present"
    ties: Sequence[str] = ("earlier",)


USUAL = Rules()


def rules_of(panel: Mapping[str, Any]) -> Rules:
    """The rules in a round's terms; the usual ones where these say nothing."""
    return Rules(**{name: panel[name] for name in Rules._fields if name in panel})


class Given(NamedTuple):
    """What one expert gave, 0 to 100 by criterion; experts are pseudonyms."""

    expert: str
    scores: Mapping[str, int]


@dataclass(frozen=True)
class Candidate:
    """A screened application with its experts' scores. `panel`: whose scores count, and are waited for; None where
    the round draws no panel: then whoever gave one."""

    id: str
    submitted_at: datetime
    amount: int
    scores: Sequence[Given]
    panel: Sequence[str] | None = None
    beneficiaries: int = 0

    @property
    def valid(self) -> list[Given]:
        return [given for given in self.scores if self.panel is None or given.expert in self.panel]

    @property
    def missing(self) -> list[str]:
        scored = {given.expert for given in self.scores}
        return [expert for expert in self.panel or () if expert not in scored]


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
    scores: list[dict[str, Any]] = field(default_factory=list)  # expert, weighted_hundredths, treatment
    missing: list[str] = field(default_factory=list)  # experts of the panel who gave no score
    tie: str | None = None  # the rule that put it behind the one above with the same score


class Weighed(NamedTuple):
    """One expert's weighted score, and what becomes of it: counted | lowest | highest."""

    expert: str
    value: Fraction
    treatment: str


def trim(weighed: Mapping[str, Fraction], trim_from: int | None = TRIM_FROM) -> list[Weighed]:
    """The values from the lowest up; the lowest and the highest are left out, once each, from so many values on."""
    ordered = sorted(weighed.items(), key=lambda each: (each[1], each[0]))
    found = [Weighed(expert, value, "counted") for expert, value in ordered]
    if trim_from is not None and len(found) >= max(trim_from, 3):  # of two nothing would be left
        found[0] = found[0]._replace(treatment="lowest")
        found[-1] = found[-1]._replace(treatment="highest")
    return found


class Scored(NamedTuple):
    candidate: Candidate
    score: int
    weighed: list[Weighed]


def rank(
    candidates: Sequence[Candidate], criteria: Mapping[str, int], threshold: int, free: int,
    rules: Rules = USUAL,
) -> list[Place]:  # fmt: skip
    """The ranking: by trimmed mean, ties by rule, proposed down to threshold and budget.

    The first that the budget does not reach ends the list: a smaller one below it does not overtake.
    Raises Refused while an application has no score, or lacks one that is waited for.
    """
    check_complete(candidates, rules)
    scored = sorted((_scored(each, criteria, rules) for each in candidates), key=_order(criteria, rules))
    places: list[Place] = []
    needed, exhausted = 0, False
    for number, (candidate, score, weighed) in enumerate(scored, 1):
        if score < threshold * 100:
            outcome = "below_threshold"
        elif exhausted or needed + candidate.amount > free:
            outcome, exhausted = "beyond_budget", True
        else:
            outcome, needed = "proposed", needed + candidate.amount
        above = scored[number - 2] if number > 1 else None
        places.append(
            Place(
                candidate.id, number, score,
                [hundredths(w.value) for w in weighed if w.treatment == "counted"],
                [hundredths(w.value) for w in weighed if w.treatment != "counted"],
                candidate.amount, needed, outcome, [_told(w) for w in weighed], candidate.missing,
                _tie(above, scored[number - 1], criteria, rules),
            )
        )  # fmt: skip
    return places


def line_up(candidates: Sequence[Candidate], free: int) -> list[Place]:
    """The ranking of a round without a review: by submission alone, proposed as far as the budget reaches."""
    unscored = [replace(each, scores=[Given("", {"": 0})], panel=None) for each in candidates]
    return [replace(place, scores=[]) for place in rank(unscored, {"": 1}, 0, free)]


def chosen(places: Sequence[Place], proposed: Collection[str]) -> list[Place]:
    """The same ranking with another set proposed; what is above the threshold and not in it is beyond the budget."""
    found, needed = [], 0
    for place in places:
        outcome = place.outcome
        if outcome != "below_threshold":
            outcome = "proposed" if place.application in proposed else "beyond_budget"
        needed += place.amount_fen if outcome == "proposed" else 0
        found.append(replace(place, outcome=outcome, needed_fen=needed))
    return found


def check_choosing(status: str) -> None:
    """Raise Refused unless the round is ranked and not on notice yet."""
    if status != "ranked":
        raise Refused(
            "not-choosing",
            Text(f"The round is '{status}'.", f"本轮状态为“{status}”。"),
            Text("A set is chosen after the ranking and before the notice.", "排序后、公示前选定方案。"),
            field="round",
        )


def check_complete(candidates: Sequence[Candidate], rules: Rules) -> None:
    """Raise Refused while scores are missing that the ranking needs."""
    wait = rules.missing == "wait"
    unscored = [c.id for c in candidates if not c.valid or (wait and c.missing)]
    if unscored:
        raise Refused(
            "unscored",
            Text(
                f"{len(unscored)} applications do not have their scores yet.",
                f"尚有 {len(unscored)} 个申报未完成评分。",
            ),
            Text("Let the experts score them first.", "请先完成专家评分。"),
            applications=unscored,
        )


def standing(candidate: Candidate, criteria: Mapping[str, int], rules: Rules) -> int | None:
    """The score so far, in hundredths of a point; None where there is none."""
    return _scored(candidate, criteria, rules).score if candidate.valid else None


def _scored(candidate: Candidate, criteria: Mapping[str, int], rules: Rules) -> Scored:
    weighed = trim(
        {given.expert: weigh(given.scores, criteria) for given in candidate.valid}, rules.trim_from
    )
    counted = [each.value for each in weighed if each.treatment == "counted"]
    return Scored(candidate, hundredths(Fraction(sum(counted), len(counted))), weighed)


def _told(weighed: Weighed) -> dict[str, Any]:
    return {
        "expert": weighed.expert,
        "weighted_hundredths": hundredths(weighed.value),
        "treatment": weighed.treatment,
    }


def _order(criteria: Mapping[str, int], rules: Rules) -> Any:
    def key(scored: Scored) -> tuple[Any, ...]:
        return (-scored.score, *_breakers(scored.candidate, criteria, rules).values())

    return key


def _breakers(candidate: Candidate, criteria: Mapping[str, int], rules: Rules) -> dict[str, Any]:
    """What decides between equal scores, by the rule's name in the order in which they are tried; less is better."""
    first = next(iter(criteria))
    means = [Fraction(given.scores[first]) for given in candidate.valid]
    known = {
        "earlier": candidate.submitted_at,
        "smaller_amount": candidate.amount,
        "more_beneficiaries": -candidate.beneficiaries,
        "first_criterion": -sum(means) / len(means),
    }
    ordered = dict.fromkeys([*rules.ties, "earlier"])
    return {name: known[name] for name in ordered} | {"identifier": candidate.id}


def _tie(above: Scored | None, here: Scored, criteria: Mapping[str, int], rules: Rules) -> str | None:
    """The rule by which the one above stands above, though it has the same score."""
    if above is None or above.score != here.score:
        return None
    ours = _breakers(here.candidate, criteria, rules)
    theirs = _breakers(above.candidate, criteria, rules)
    return next(name for name in ours if ours[name] != theirs[name])
