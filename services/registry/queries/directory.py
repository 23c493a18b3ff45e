"""Searching the directory 名录.

A search reads one index, in the order of its answer, from place to place: below the rarest key that everything it
looks for has, windows that hold about a page each. A small sample of all entries, read now and then, says how rare
keys are and where a window should end; when it is out of date, searches take longer and find the same. So neither a
whole area is sorted nor a limit left to the store, which the embedded one would take only after it has read all.
"""

from __future__ import annotations

import heapq
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from services.registry.documents.directory import DirectoryEntry
from services.registry.domain import directory as rules
from services.registry.domain.directory import Found, Part
from shared import areas, permissions
from shared.call import Call
from shared.http import Page
from shared.store.connection import database

SAMPLED = 512  # entries: some ten milliseconds of the embedded store, every MEMORY seconds
MEMORY = 60.0  # seconds for which a sample is believed
COLLECTED = 600  # entries that are sorted here rather than read in their order
BATCH = 64  # entries in one answer of the store
UNPUBLISHED = permissions.TABLE.rule("registry", "directory.unpublished")  # who may see applications, too
SHOWN = (
    "area", "name", "credit_code", "track", "type", "category", "status", "grade", "established_on", "ended_on",
    "pinyin", "order", "newest",
)  # fmt: skip

Entry = Mapping[str, Any]
Query = Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What a search looks for."""

    area: str
    everything: bool  # what is not public, too
    parts: Sequence[Part] = ()
    facets: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, call: Call, query: Query) -> Wanted:
        """Raises Invalid for words that are too short."""
        area = query.get("area") or areas.path(call.node.area)[0]
        given = {name: query[name] for name in rules.FACETS if query.get(name) is not None}
        words = rules.parts(query["q"]) if query.get("q") is not None else []
        return cls(area, sees_everything(call, area), words, given)

    def meant(self, entry: Entry) -> bool:
        """Whether an entry is what is looked for, facets apart."""
        return (
            (self.everything or rules.is_public(entry["status"]))
            and areas.contains(self.area, entry["area"])
            and all(part.meant(_found(entry)) for part in self.parts)
        )

    def misses(self, entry: Entry) -> list[str]:
        """The facets in which an entry differs."""
        return [name for name, value in self.facets.items() if entry.get(name) != value]

    def fits(self, entry: Entry) -> bool:
        return not self.misses(entry) and self.meant(entry)


def sees_everything(call: Call, area: str) -> bool:
    """Whether the caller may see what is not public, too."""
    return UNPUBLISHED.admits(call.actor, [area])


def search(call: Call, query: Query) -> Page[Entry]:
    """A page of what is found. Raises Invalid for words that are too short."""
    wanted = Wanted.of(call, query)
    phase, after = query["cursor"] or (0, "")
    found: list[tuple[int, Entry]] = []
    order = "newest" if query["sort"] == "newest" else "order"
    for number, read in enumerate(_phases(wanted, query["sort"])):
        if number >= phase and len(found) <= query["limit"]:
            more = query["limit"] + 1 - len(found)
            found += [(number, entry) for entry in _first(read(after, more), more)]
            after = ""
    page = Page.of(found, query["limit"], lambda one: [one[0], one[1][order]])
    return Page([_shown(entry) for _, entry in page.items], page.next)


def _shown(entry: Entry) -> Entry:
    return {"id": entry["_id"], **{name: entry.get(name) for name in SHOWN}}


Phase = Callable[[str, int], Iterator[Entry]]  # from which place on, how many are asked for


def _phases(wanted: Wanted, sort: str) -> list[Phase]:
    """What is answered first, what then."""
    by_name = Walk(wanted.fits, *driver(wanted))
    if sort == "newest":
        return [_newest(wanted, by_name).entries]
    begun = rules.beginning(wanted.parts) if sort == "relevance" else None
    if begun is None:
        return [by_name.entries]

    def begins(entry: Entry) -> bool:
        return rules.begins(entry["name"], begun)

    edge = [rules.edge_key(begun)]
    keys, often = min(driver(wanted), (edge, sample().often(edge)), key=_often)
    return [
        Walk(lambda entry: begins(entry) and wanted.fits(entry), keys, often).entries,
        Walk(lambda entry: not begins(entry) and wanted.fits(entry), *driver(wanted)).entries,
    ]


def _first(entries: Iterator[Entry], most: int) -> list[Entry]:
    return [entry for entry, _ in zip(entries, range(most), strict=False)]


# --- reading in order, window by window


@dataclass(frozen=True)
class Walk:
    """The entries that have one of `keys` and are `meant`, in an order. `often` is how many have one, about."""

    meant: Callable[[Entry], bool]
    keys: Sequence[str]
    often: float
    field: str = "keys"
    order: str = "order"

    def entries(self, after: str, enough: int) -> Iterator[Entry]:
        """Those behind a place; `enough` are asked for."""
        known = sample()
        fences = known.places(self.keys, self.order)
        step = 1 + int(1.3 * enough / known.weight)
        while True:
            at = bisect_right(fences, after) + step
            until = fences[at - 1] if at <= len(fences) else rules.TOP
            yield from filter(self.meant, self._window(after, until))
            if until == rules.TOP:
                return
            after, step = until, step * 3

    def _window(self, after: str, until: str) -> Iterator[Entry]:
        def place(entry: Entry) -> str:
            return str(entry[self.order])

        entries, places = DirectoryEntry._get_collection(), {"$gt": after, "$lte": until}
        several = [
            entries.find({self.field: key, self.order: places}, SHOWN).sort(self.order, 1).batch_size(BATCH)
            for key in self.keys
        ]
        for _, same in groupby(heapq.merge(*several, key=place), key=place):
            yield next(same)


def _often(driver: tuple[Sequence[str], float]) -> float:
    return driver[1]


def driver(wanted: Wanted) -> tuple[Sequence[str], float]:
    """The keys of which everything that is looked for has one, and how many entries have: the rarest."""
    return min(_drivers(wanted), key=_often)


def _drivers(wanted: Wanted) -> Iterator[tuple[Sequence[str], float]]:
    known = sample()
    for keys in _facet_keys(wanted):
        yield [keys], known.often([keys])
    for part in wanted.parts:
        rarest = [min(mode, key=lambda key: known.often([key])) for mode in part.modes]
        yield rarest, known.often(rarest)


def _facet_keys(wanted: Wanted) -> list[str]:
    return [
        rules.area_keys(wanted.area)[-1],
        *(rules.facet_key(name, value) for name, value in wanted.facets.items()),
    ]


def _newest(wanted: Wanted, by_name: Walk) -> Walk | Collected:
    """Few are sorted here; of many, so many of an area's are meant that reading those in their order finds them."""
    if wanted.parts and by_name.often <= COLLECTED:
        return Collected(by_name)
    known = sample()
    key = min(_facet_keys(wanted), key=lambda key: known.often([key]))
    return Walk(wanted.fits, [key], known.often([key]), "facets", "newest")


@dataclass(frozen=True)
class Collected:
    """A reading that is put into the order of age."""

    of: Walk

    def entries(self, after: str, enough: int) -> Iterator[Entry]:
        found = sorted(self.of.entries("", COLLECTED), key=lambda entry: str(entry["newest"]))
        return (entry for entry in found if entry["newest"] > after)


# --- the sample


@dataclass(frozen=True)
class Sample:
    """Some entries that stand for all."""

    of: str  # database
    taken: float
    weight: float  # how many entries each stands for
    entries: Sequence[Entry]
    keys: Mapping[str, int]

    def often(self, keys: Sequence[str]) -> float:
        """How many entries have one of the keys, about; what is not in the sample is taken to be half as rare."""
        return self.weight * sum(self.keys.get(key, 0.5) for key in keys)

    def places(self, keys: Sequence[str], order: str) -> list[str]:
        """Where entries with one of the keys stand in an order."""
        wanted = frozenset(keys)
        return sorted(entry[order] for entry in self.entries if not wanted.isdisjoint(entry["keys"]))


_taken: list[Sample] = []


def sample() -> Sample:
    """The sample of this process, which is taken anew after a time."""
    name = database().name
    if not _taken or _taken[0].of != name or time.monotonic() - _taken[0].taken > MEMORY:
        taken_as(_take(name))
    return _taken[0]


def _take(name: str) -> Sample:
    collection = DirectoryEntry._get_collection()
    total = collection.estimated_document_count()
    least = {"sample": {"$lt": int(min(1.0, SAMPLED / max(total, 1)) * rules.SAMPLES)}}
    found = list(collection.find(least, {"keys": 1, "order": 1, "newest": 1}))
    return Sample(
        name,
        time.monotonic(),
        max(1.0, total / max(len(found), 1)),
        [entry | {"keys": frozenset(entry["keys"])} for entry in found],
        Counter(key for entry in found for key in entry["keys"]),
    )


def forget() -> None:
    """Take a new sample at the next search."""
    _taken.clear()


def taken_as(known: Sample) -> None:
    """Believe this sample until it is too old."""
    _taken[:] = [known]


def _found(entry: Entry) -> Found:
    return Found(entry["name"], entry["pinyin"], entry.get("credit_code"))
