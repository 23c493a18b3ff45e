"""The decision pack 决策方案: which sets of projects fit the budget."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import NamedTuple

from shared.errors import Refused, Text

CHOICES = ("cut", "skip", "best")

MOST_STATES = (
    20_000  # sums kept at once by the exact search: beyond, it gives up after some seconds and says so
)


class Item(NamedTuple):
    """A project that could be funded; its score in hundredths of a point."""

    application: str
    score: int
    amount: int


@dataclass(frozen=True)
class Choice:
    """A set of projects within the budget, best first; amounts in fen, scores in hundredths of a point."""

    name: str
    applications: list[str]
    amount_fen: int
    unused_fen: int
    score_hundredths: int  # of all of them together
    passed_over: list[str]  # that stand above the last one of the set, and are not in it


class State(NamedTuple):
    """A set within the budget. `members` has a bit for each item, the highest for the best."""

    amount: int
    score: int
    members: int


def choices(ranked: Sequence[Item], budget: int) -> list[Choice]:
    """What can be chosen of the ranked projects above the threshold, best first, for so many fen.

    `cut`: down the ranking as far as the money reaches. `skip`: down the ranking, passing over what does not fit
    any more. `best`: the set whose scores add up to most; of several the cheapest, then the one with the better
    places. `best` is missing where it cannot be worked out within MOST_STATES.
    """
    found = [_choice("cut", ranked, cut(ranked, budget), budget)]
    found.append(_choice("skip", ranked, skip(ranked, budget), budget))
    exact = best(ranked, budget)
    if exact is not None:
        found.append(_choice("best", ranked, exact, budget))
    return found


def asked(ranked: Sequence[Item], budget: int) -> bytes:
    """What `worked_out` takes."""
    return json.dumps([ranked, budget]).encode()


def worked_out(given: bytes) -> bytes:
    """The choices, for a process apart."""
    ranked, budget = json.loads(given)
    return json.dumps([asdict(each) for each in choices([Item(*each) for each in ranked], budget)]).encode()


def answered(given: bytes) -> list[Choice]:
    """The choices that `worked_out` answered."""
    return [Choice(**each) for each in json.loads(given)]


def chosen(found: Sequence[Choice], name: str) -> Choice:
    """The choice of this name. Raises Refused where it could not be worked out."""
    for each in found:
        if each.name == name:
            return each
    raise Refused(
        "choice-missing",
        Text(f"The choice '{name}' could not be worked out.", f"未能算出方案“{name}”。"),
        Text("Take one that the decision pack shows.", "请选择决策方案中列出的方案。"),
        field="choice",
    )


def _choice(name: str, ranked: Sequence[Item], chosen: Sequence[int], budget: int) -> Choice:
    spent = sum(ranked[index].amount for index in chosen)
    above = range(max(chosen, default=-1))
    return Choice(
        name,
        [ranked[index].application for index in chosen],
        spent,
        budget - spent,
        sum(ranked[index].score for index in chosen),
        [ranked[index].application for index in above if index not in set(chosen)],
    )


def cut(ranked: Sequence[Item], budget: int) -> list[int]:
    """The places down to the first that the budget does not reach."""
    sums = list(accumulate(item.amount for item in ranked))
    return list(range(bisect_right(sums, budget)))


def skip(ranked: Sequence[Item], budget: int) -> list[int]:
    """The places down the ranking, without those that no longer fit."""
    chosen, spent = [], 0
    for index, item in enumerate(ranked):
        if spent + item.amount <= budget:
            chosen.append(index)
            spent += item.amount
    return chosen


def best(ranked: Sequence[Item], budget: int, most: int = MOST_STATES) -> list[int] | None:
    """The places of the set whose scores add up to most; None where more than `most` sums had to be kept.

    Dynamic programming over the sums that no other one beats in both amount and score (Nemhauser and Ullmann 1969);
    what cannot become better than a set that is known already is left out.
    """
    count = len(ranked)
    items = sorted(range(count), key=lambda index: _yield(ranked[index]), reverse=True)
    states = [State(0, 0, 0)]
    for done, index in enumerate(items):
        item, bit = ranked[index], 1 << (count - 1 - index)
        grown = [
            State(s.amount + item.amount, s.score + item.score, s.members | bit)
            for s in states
            if s.amount + item.amount <= budget
        ]
        rest = [ranked[later] for later in items[done + 1 :]]
        states = _promising(_undominated(states, grown), rest, budget)
        if len(states) > most:
            return None
    found = max(states, key=lambda s: (s.score, -s.amount, s.members))
    return [index for index in range(count) if found.members >> (count - 1 - index) & 1]


def _yield(item: Item) -> float:
    return item.score / item.amount


def _undominated(one: Sequence[State], other: Sequence[State]) -> list[State]:
    """By amount, those than which none is both cheaper or as cheap, and better or as good."""
    kept: list[State] = []
    for state in sorted([*one, *other], key=lambda s: (s.amount, -s.score, -s.members)):
        if not kept or state.score > kept[-1].score:
            kept.append(state)
    return kept


def _promising(states: list[State], rest: Sequence[Item], budget: int) -> list[State]:
    """Those that may still become as good as the best does when each is filled up with what yields most for its
    money. What can be reached at most is told by filling the last gap with a part of a project."""
    costs = [0, *accumulate(item.amount for item in rest)]
    scores = [0, *accumulate(item.score for item in rest)]
    certain, possible = 0, []
    for state in states:
        left = budget - state.amount
        whole = bisect_right(costs, left) - 1
        reached = state.score + scores[whole]
        certain = max(certain, reached)
        if whole < len(rest):
            reached += (left - costs[whole]) * rest[whole].score // rest[whole].amount
        possible.append(reached)
    return [state for state, reached in zip(states, possible, strict=True) if reached >= certain]
