"""Finding what is like a need that somebody is about to submit, by an index of terms.

Of each of the rarest keys the newest entries are read, about READ of them: a small sample of all entries, taken now and
then, says how rare a key is and since when about so many entries have it. So a look does not grow with the number of
needs; what is older than so many others with the same key may be missed.
"""

from __future__ import annotations

import heapq
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.needs.documents import LibraryItem, Need, SimilarEntry
from services.needs.domain import similarity as rules
from shared import areas
from shared.call import Call
from shared.http import Page
from shared.store.connection import database

Query = Mapping[str, Any]
SAMPLED = 512  # entries
MEMORY = 60.0  # seconds for which a sample is believed
KEYS = 6  # the rarest ones of a need
READ = 150  # entries of one key, about: some fifteen milliseconds of the embedded store
COMPARED = 60  # of those found, those that share most: their texts are read and compared
NEED = ("id", "area", "title", "category", "status", "item")
ITEM = ("id", "area", "title", "category", "group", "status")


def similar_needs(call: Call, query: Query) -> Page[dict[str, Any]]:
    """Needs like one, the most alike first; with a category, of that alone."""
    found = _alike(query, _seen(call, query["area"]), "need")
    wanted = [one for one in found if query["category"] in (None, one["category"])]
    return Page(wanted[: query["limit"]])


def alike(call: Call, query: Query) -> dict[str, Any]:
    """Needs and items of the library like one that somebody is about to submit, the most alike first."""
    seen, limit = _seen(call, query["area"]), query["limit"]
    return {
        "needs": _alike(query, seen, "need")[:limit],
        "items": _alike(query, [query["area"] or areas.path(call.node.area)[0]], "item")[:limit],
    }


def _seen(call: Call, area: str | None) -> list[str]:
    """The areas of which the caller may see needs. Raises Forbidden where that is none."""
    return [part.area for part in call.reach(area)] or [areas.path(call.node.area)[0]]


def _alike(query: Query, within: Sequence[str], kind: str) -> list[dict[str, Any]]:
    category = query["category"] or ""
    asked = rules.described("", "", category, query["title"], query["description"], query["group"])
    found = []
    for area in within:
        ids = _candidates(query, area, kind)
        titles = query["description"] is None
        for other, told in _needs(ids, titles=titles) if kind == "need" else _items(ids):
            score = rules.alike(asked, told if category else told._replace(category="")).score
            if score >= rules.SIMILAR_FROM:
                names = NEED if kind == "need" else ITEM
                found.append({name: getattr(other, name) for name in names} | {"score": score})
    return sorted(found, key=lambda one: (-one["score"], one["id"]))


def _needs(ids: Sequence[str], *, titles: bool) -> list[tuple[Need, rules.Described]]:
    """Needs by their titles, or by their descriptions, too."""
    needs = Need.objects(id__in=ids).only(*NEED, "description", "group")
    return [
        (n, rules.described(n.id, n.area, n.category, n.title, None if titles else n.description, n.group))
        for n in needs
    ]


def _items(ids: Sequence[str]) -> list[tuple[LibraryItem, rules.Described]]:
    items = list(LibraryItem.objects(id__in=ids).only(*ITEM, "sources"))
    return [(item, one) for item, one in zip(items, described_items(items), strict=True)]


def described_items(items: Sequence[LibraryItem]) -> list[rules.Described]:
    """Items by their own titles and those of some of their sources."""
    named = [source for item in items for source in item.sources[: rules.TITLES]]
    titles = {need.id: need.title for need in Need.objects(id__in=named).only("id", "title")}
    return [
        rules.described_item(
            item.id,
            item.area,
            item.category,
            item.title,
            [titles[source] for source in item.sources[: rules.TITLES] if source in titles],
            item.group,
        )
        for item in items
    ]


def _candidates(query: Query, area: str, kind: str) -> list[str]:
    """The ids of those that share most of what is rare. An item of the area above is one for those below, too."""
    known, shared = sample(), defaultdict[str, float](float)
    for key in sorted(_keys(query, area, kind), key=lambda key: (known.often(key), key))[:KEYS]:
        where = {"keys": key, "_id": {"$gt": known.since(key)}}
        for entry in SimilarEntry._get_collection().find(where, {"area": 1, "kind": 1}):
            inside = areas.contains(area, entry["area"])
            if entry["kind"] == kind and (inside or (kind == "item" and areas.contains(entry["area"], area))):
                shared[entry["_id"]] += 1 / known.often(key)
    return heapq.nlargest(COMPARED, shared, key=lambda identifier: (shared[identifier], identifier))


def _keys(query: Query, area: str, kind: str) -> list[str]:
    found, street = rules.keys(query["title"], query["description"]), rules.street(area)
    return [rules.at_street(key, street) for key in found] if street and kind == "need" else found


# --- the sample


@dataclass(frozen=True)
class Sample:
    """Some entries that stand for all: for each key, the ids of those that have it, in their order."""

    of: str  # database
    taken: float
    weight: float  # how many entries each stands for
    having: Mapping[str, Sequence[str]]

    def often(self, key: str) -> float:
        """How many entries have a key, about; what is not in the sample is taken to be half as rare."""
        return self.weight * (len(self.having.get(key, ())) or 0.5)

    def since(self, key: str) -> str:
        """The id after which about READ entries have the key; "" where not more have it."""
        ids, enough = self.having.get(key, ()), max(1, round(READ / self.weight))
        return ids[-enough - 1] if len(ids) > enough else ""


_taken: list[Sample] = []


def sample() -> Sample:
    """The sample of this process, which is taken anew after a time."""
    name = database().name
    if not _taken or _taken[0].of != name or time.monotonic() - _taken[0].taken > MEMORY:
        _taken[:] = [_take(name)]
    return _taken[0]


def _take(name: str) -> Sample:
    collection = SimilarEntry._get_collection()
    total = collection.estimated_document_count()
    least = {"sample": {"$lt": int(min(1.0, SAMPLED / max(total, 1)) * rules.SAMPLES)}}
    found = sorted(collection.find(least, {"keys": 1}), key=lambda entry: str(entry["_id"]))
    having: dict[str, list[str]] = {}
    for entry in found:
        for key in entry["keys"]:
            having.setdefault(key, []).append(entry["_id"])
    return Sample(name, time.monotonic(), max(1.0, total / max(len(found), 1)), having)


def forget() -> None:
    """Take a new sample at the next look."""
    _taken.clear()
