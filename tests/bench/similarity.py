"""How well needs that belong together are proposed: precision and recall on the labelled needs of `tests/data/needs`.

    python -m tests.bench.similarity
    python -m tests.bench.similarity --errors

Of all pairs of needs that stand in one proposed group, precision is the share that belongs together; of all that
belong together, recall is the share that stands in one group. `--errors` lists the groups that are not as labelled,
of the tuned part only: whoever reads those of the parts that were held out has tuned on them.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import rjieba
from rapidfuzz import fuzz

from services.needs.domain import similarity as rules

LABELLED = Path(__file__).parents[1] / "data" / "needs" / "labelled.csv"
PARTS = ("tuned", "new_words", "new_topics")
Pairs = set[tuple[str, str]]


class Labelled(NamedTuple):
    """A need, and the label that all needs have which belong together with it."""

    number: str
    part: str
    label: str
    category: str
    group: str
    area: str
    title: str
    description: str

    def described(self) -> rules.Described:
        return rules.described(
            self.number, self.area, self.category, self.title, self.description, self.group
        )


class Quality(NamedTuple):
    precision: float
    recall: float
    groups: int

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def labelled(part: str) -> list[Labelled]:
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return [Labelled(**row) for row in csv.DictReader(file) if row["part"] == part]


def truth(needs: Sequence[Labelled]) -> list[list[str]]:
    found = defaultdict(list)
    for need in needs:
        found[need.label].append(need.number)
    return list(found.values())


def pairs(groups: Iterable[Sequence[str]]) -> Pairs:
    return {(min(a, b), max(a, b)) for group in groups for a, b in combinations(group, 2)}


def proposed(needs: Sequence[Labelled]) -> list[list[str]]:
    return [group.needs for group in rules.groups([need.described() for need in needs])]


def by_words(needs: Sequence[Labelled]) -> list[list[str]]:
    """What version 0.3 proposed, by the words that two titles share: to compare with."""

    def score(one: Labelled, other: Labelled) -> float:
        a, b = (" ".join(rjieba.cut(need.title)) for need in (one, other))
        return (fuzz.token_set_ratio(a, b) + fuzz.token_sort_ratio(a, b)) / 2

    return [
        [one.number, other.number]
        for one, other in combinations(needs, 2)
        if one.category == other.category and score(one, other) >= 50
    ]


def quality(needs: Sequence[Labelled], way: Callable[[Sequence[Labelled]], list[list[str]]]) -> Quality:
    groups, wanted = way(needs), pairs(truth(needs))
    got = pairs(groups)
    both = len(wanted & got)
    return Quality(both / len(got) if got else 1.0, both / len(wanted), len(groups))


def ranked(needs: Sequence[Labelled], among: int) -> float:
    """Of needs that are not alone: the share that finds one of its own kind among the first `among` similar ones."""
    kinds = {need.number: need.label for need in needs}
    told = [(need, need.described()) for need in needs]
    hits = asked = 0
    for need, described in told:
        others = [other for other, _ in told if other is not need]
        if any(other.label == need.label for other in others):
            asked += 1
            scored = sorted(
                ((rules.alike(described, each).score, each.id) for _, each in told if each is not described),
                reverse=True,
            )
            hits += any(kinds[number] == need.label for _, number in scored[:among])
    return hits / asked


def errors(needs: Sequence[Labelled]) -> Iterator[str]:
    """Groups of several labels, and labels in several groups."""
    of = {need.number: need for need in needs}
    where = defaultdict(list)
    for group in proposed(needs):
        if len({of[number].label for number in group}) > 1:
            yield "together: " + "; ".join(f"{of[n].title} [{of[n].label}]" for n in group)
        for label in {of[number].label for number in group}:
            where[label].append([of[n].title for n in group if of[n].label == label])
    for label, apart in where.items():
        if len(apart) > 1:
            yield f"apart: {label}: " + " | ".join("; ".join(titles) for titles in apart)


def main() -> int:
    parser = argparse.ArgumentParser(description="Precision and recall of what is proposed for merging.")
    parser.add_argument("--errors", action="store_true", help="list what is wrong in the tuned part")
    lines = []
    given = parser.parse_args()
    for part in PARTS:
        needs = labelled(part)
        lines.append(
            f"{part}: {len(needs)} needs, {len(truth(needs))} labels, {len(pairs(truth(needs)))} pairs"
        )
        for name, way in (("proposed", proposed), ("shared words", by_words)):
            found = quality(needs, way)
            lines.append(
                f"  {name:<14} precision {found.precision:.2f}  recall {found.recall:.2f}  F1 {found.f1:.2f}"
            )
        lines.append(f"  one of its kind among the first five similar ones: {ranked(needs, 5):.2f}")
    lines += errors(labelled("tuned")) if given.errors else []
    print("\n".join(lines))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
