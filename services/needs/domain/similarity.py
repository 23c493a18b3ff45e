"""How alike needs are, and which of them belong together 合并同类项. All of it is proposed; a person decides.

What is alike is a matter of two needs alone: no weight hangs on what else there is, so a score can be explained, and
stays the same when others come. The numbers below were chosen on the labelled needs of `tests/data/needs`, which
tells how they were made and how well this does.
"""

from __future__ import annotations

import heapq
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

from services.needs.domain.wording import Wording, served, wording
from shared import areas
from shared.errors import Refused, Text

FORM = 1  # of keys; raised when they change, so that services work their entries out again
SAMPLES = 2**31  # the number of an entry within the sample is below that, evenly spread
TITLES = 10  # of its sources, by which an item is known besides its own
SIMILAR_FROM = (
    20  # score from which something is shown as similar: whoever looks decides, so more than is proposed
)
PROPOSED_FROM = 26  # score from which two needs are proposed to belong together
TERMS = (
    0.7  # share of terms in a score; the rest is that of characters, which tells of words that no list knows
)
SHORTER = 0.6  # how much what is shared is held against the shorter of two texts rather than the longer
OTHER_INTENT = 0.7  # what is left of a score where the intents have nothing in common
OTHER_CATEGORY = 0.5  # where the categories differ
OTHER_GROUP = 0.8  # where other people are served
LOOKED_AT = 600  # needs in one look for groups: some seconds of a processor
ITEMS = 300  # items of the library in one look
LARGEST = 40  # needs in one group: a person can look through that many


class Described(NamedTuple):
    """What is compared. An `item` of the library is compared like a need; two of them never belong together."""

    id: str
    area: str
    category: str
    wording: Wording
    serves: frozenset[str] = frozenset()
    item: bool = False


class Alike(NamedTuple):
    """Why two are alike: the score, and the terms that they share."""

    score: int
    shared: tuple[str, ...]


@dataclass
class Group:
    """Needs that may belong together, or to an `item` that there is; `score` is how alike they are on the average."""

    needs: list[str]
    item: str | None = None
    score: int = 0
    shared: list[str] = field(default_factory=list)
    middle: str = ""  # the need that is most like the others: its title may be the item's


def described(
    identifier: str,
    area: str,
    category: str,
    title: str,
    description: str | None = None,
    group: str | None = None,
) -> Described:
    """A need."""
    return Described(identifier, area, category, wording(title, description), served(group))


def described_item(
    identifier: str,
    area: str,
    category: str,
    title: str,
    sources: Sequence[str] = (),
    group: str | None = None,
) -> Described:
    """An item of the library, by its title and those of its sources."""
    told = wording("。".join((title, *sources)))
    return Described(identifier, area, category, told, served(group), item=True)


def alike(one: Described, other: Described) -> Alike:
    """How alike two are, 0 to 100: 100 for the same words, category and group served."""
    a, b = one.wording, other.wording
    worth = TERMS * _overlap(a.terms, b.terms) + (1 - TERMS) * _overlap(a.characters, b.characters)
    if a.intents and b.intents and not a.intents & b.intents:
        worth *= OTHER_INTENT
    if one.category != other.category:
        worth *= OTHER_CATEGORY
    if one.serves and other.serves and not one.serves & other.serves:
        worth *= OTHER_GROUP
    shared = sorted(a.terms.keys() & b.terms.keys())
    return Alike(round(100 * min(1.0, worth)), tuple(term.removeprefix("=") for term in shared))


def _overlap(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The weight that two share, between that of the lighter and that of the heavier."""
    common = sum(min(weight, other[term]) for term, weight in one.items() if term in other)
    if not common:
        return 0.0
    lighter, heavier = sorted((sum(one.values()), sum(other.values())))
    return float(common / (lighter**SHORTER * heavier ** (1 - SHORTER)))


def groups(
    needs: Sequence[Described], told_apart: Collection[frozenset[str]] = (), within: str | None = None
) -> list[Group]:
    """Which needs may belong together, the largest first; every need is in one group, many are alone in theirs.

    Average linkage: two groups become one while their members are alike on the average, so that a chain of needs that
    are each a little like the next does not become one. Pairs that a person has told apart are never in one group,
    nor are needs of different areas of the tier `within`.
    """
    ordered = sorted(needs, key=lambda need: need.id)  # so that ties are broken in the same way each time
    merging = _Merging([_Cluster([need]) for need in ordered], set(told_apart), within)
    found = [_group(cluster) for cluster in merging.run() if any(not one.item for one in cluster.members)]
    return sorted(found, key=lambda one: (-len(one.needs), -one.score, one.needs[0]))


@dataclass
class _Cluster:
    members: list[Described]


class _Merging:
    """The clusters by number, how alike each two are on the average, and which two come next."""

    def __init__(self, clusters: list[_Cluster], told_apart: set[frozenset[str]], within: str | None) -> None:
        self.clusters: dict[int, _Cluster] = dict(enumerate(clusters))
        self.told_apart, self.within = told_apart, within
        self.links: dict[int, dict[int, float]] = defaultdict(dict)
        self.barred: dict[int, set[int]] = defaultdict(set)
        self.queue: list[tuple[float, int, int]] = []
        for a, b in combinations(self.clusters, 2):
            one, other = clusters[a].members[0], clusters[b].members[0]
            if self._apart(one, other):
                self.barred[a].add(b)
                self.barred[b].add(a)
            elif score := alike(one, other).score:
                self._link(a, b, score)

    def _apart(self, one: Described, other: Described) -> bool:
        return (
            (one.item and other.item)
            or (self.within is not None and _at(one.area, self.within) != _at(other.area, self.within))
            or (bool(self.told_apart) and frozenset((one.id, other.id)) in self.told_apart)
        )

    def _link(self, a: int, b: int, score: float) -> None:
        self.links[a][b] = self.links[b][a] = score
        if score >= PROPOSED_FROM:
            heapq.heappush(self.queue, (-score, a, b))

    def run(self) -> Iterable[_Cluster]:
        while self.queue:
            score, a, b = heapq.heappop(self.queue)
            there = a in self.clusters and b in self.clusters
            if there and self.links[a].get(b) == -score and b not in self.barred[a] and self._small(a, b):
                self._join(a, b)
        return self.clusters.values()

    def _small(self, a: int, b: int) -> bool:
        return len(self.clusters[a].members) + len(self.clusters[b].members) <= LARGEST

    def _join(self, a: int, b: int) -> None:
        first, second = len(self.clusters[a].members), len(self.clusters[b].members)
        self.clusters[a].members += self.clusters.pop(b).members
        mine, others = self.links.pop(a), self.links.pop(b)
        for barred in self.barred.pop(b, ()):
            self.barred[a].add(barred)
            self.barred[barred].add(a)
        for c in (mine.keys() | others.keys()) - {a, b}:
            for gone in (a, b):
                self.links[c].pop(gone, None)
            mean = (first * mine.get(c, 0) + second * others.get(c, 0)) / (first + second)
            self._link(a, c, mean)


def _at(area: str, tier: str) -> str:
    """The area of that tier in which one lies; itself where it lies above."""
    return next((each for each in areas.path(area) if areas.tier(each) == tier), area)


def _group(cluster: _Cluster) -> Group:
    needs = sorted(one.id for one in cluster.members if not one.item)
    item = next((one.id for one in cluster.members if one.item), None)
    scores, often = dict.fromkeys(needs, 0), Counter[str]()
    found = [(one, other, alike(one, other)) for one, other in combinations(cluster.members, 2)]
    for one, other, pair in found:
        often.update(pair.shared)
        for need in (one.id, other.id):
            if need in scores:
                scores[need] += pair.score
    mean = round(sum(pair.score for _, _, pair in found) / len(found)) if found else 0
    shared = sorted(often, key=lambda term: (-often[term], term))[:5]
    return Group(needs, item, mean, shared, max(needs, key=lambda need: scores[need]))


def check_told_apart(parts: Sequence[Sequence[str]]) -> None:
    """Raise Refused unless at least two are told apart, each named once."""
    named = [need for part in parts for need in part]
    if len(parts) < 2 or len(set(named)) < len(named):
        raise Refused(
            "nothing-told-apart",
            Text("Nothing is told apart.", "没有可区分的需求。"),
            Text(
                "Name two needs or more, or one and the item it was proposed for, each once.",
                "请填写两条以上的需求，或一条需求及建议归入的项目，每条只填写一次。",
            ),
            field="needs",
        )


def check_within(area: str, need: str, raised_in: str) -> None:
    """Raise Refused for a need that was raised elsewhere: others decide on that."""
    if not areas.contains(area, raised_in):
        raise Refused(
            "need-elsewhere",
            Text(
                f"Need {need} was raised in {raised_in}, outside of {area}.",
                f"需求 {need} 来自 {raised_in}，不在 {area} 辖区内。",
            ),
            Text("Name needs of the area, or the area above.", "请填写辖区内的需求，或填写上级区域。"),
            field="needs",
        )


def pairs_apart(parts: Sequence[Sequence[str]]) -> set[frozenset[str]]:
    """The pairs that a person has told apart."""
    return {
        frozenset((one, other)) for a, b in combinations(parts, 2) for one in a for other in b if one != other
    }


def keys(title: str, description: str | None = None) -> list[str]:
    """What an index finds a need by: its terms, and of words that no list knows each two characters."""
    found: set[str] = set()
    for term in wording(title, description).terms:
        pairs = {term[at : at + 2] for at in range(len(term) - 1)}
        found |= {term} if term.startswith("=") else pairs
    return sorted(found)


def street(area: str) -> str | None:
    """The street in which an area lies; None for a district."""
    return area[:9] if areas.tier(area) != "district" else None


def at_street(key: str, code: str) -> str:
    """The key of what lies in that street."""
    return f"{code}{key}"


def propose(given: bytes) -> bytes:
    """`groups` for a process of its own (`shared.apart`): JSON in, JSON out."""
    asked: dict[str, Any] = json.loads(given)
    needs = [described(**one) for one in asked["needs"]]
    needs += [described_item(**one) for one in asked["items"]]
    apart = {frozenset(pair) for pair in asked["told_apart"]}
    found = groups(needs, apart, asked["within"])
    return json.dumps([vars(group) for group in found], ensure_ascii=False).encode()
