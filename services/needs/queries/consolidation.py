"""What may belong together, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from services.needs.documents import Distinction, LibraryItem, Need, SimilarEntry, SourceClaim
from services.needs.domain import similarity as rules
from services.needs.queries import library
from services.needs.queries.claims import place_of, steps_of
from services.needs.queries.collection import need as one_need
from shared.apart import apart
from shared.call import Call
from shared.store.aggregate import subtree
from shared.store.queries import below

Data = dict[str, Any]
TAKING_IN = ("listed", "chosen")
CHUNK = 500  # needs that are read at once


def proposals(call: Call, query: Mapping[str, Any]) -> Data:
    """Which needs of an area that are in no item may belong together, or to an item: the oldest LOOKED_AT of them, in
    a process of its own, for it takes its time."""
    call.authorise(query["area"])
    needs, more = open_needs(query["area"], query["category"])
    items = _items(query["area"])
    found = apart("services.needs.domain.similarity:propose", _asked(needs, items, query["within"]))
    known = {need.id: need for need in needs}
    titles = {item.id: item.title for item in items}
    told = [_proposal(group, known, titles) for group in json.loads(found)]
    return {"proposals": told, "looked_at": len(needs), "more": more}


def open_needs(area: str, category: str | None = None) -> tuple[list[Need], bool]:
    """The oldest needs of an area that are in no item, and whether there are more. What this node's library has taken
    in a moment ago counts, though its owner may not have said so yet."""
    where = {name.replace("area", "open_in"): value for name, value in subtree(area).items()}
    ids = sorted(entry.id for entry in SimilarEntry.objects(**where).only("id"))
    filters = {"category": category} if category else {}
    found: list[Need] = []
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        steps = steps_of(some)
        needs = Need.objects(id__in=some, **filters).order_by("id")
        found += [need for need in needs if place_of(need, steps[need.id]) is None]
        if len(found) > rules.LOOKED_AT:
            break
    return found[: rules.LOOKED_AT], len(found) > rules.LOOKED_AT


def _items(area: str) -> list[LibraryItem]:
    """The newest items that a need of the area may go into, by this node's hand."""
    found = below(LibraryItem, area).filter(status__in=TAKING_IN)
    return list(found.order_by("-id").limit(rules.ITEMS))


def _asked(needs: Sequence[Need], items: Sequence[LibraryItem], within: str | None) -> bytes:
    about = ("area", "category", "title", "description", "group")
    texts = {need.id: need.title for need in Need.objects(id__in=_some_sources(items)).only("id", "title")}
    told = {
        "needs": [{"identifier": n.id} | {name: getattr(n, name) for name in about} for n in needs],
        "items": [
            {
                "identifier": item.id,
                "area": item.area,
                "category": item.category,
                "title": item.title,
                "sources": [texts[source] for source in item.sources[: rules.TITLES] if source in texts],
                "group": item.group,
            }
            for item in items
        ],
        "told_apart": _told_apart([need.id for need in needs], items),
        "within": within,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _some_sources(items: Iterable[LibraryItem]) -> list[str]:
    return [source for item in items for source in item.sources[: rules.TITLES]]


def _told_apart(needs: Sequence[str], items: Sequence[LibraryItem]) -> list[list[str]]:
    """The pairs of these needs, and of these needs and items, that were told apart. A need that was told apart from a
    source is from the item."""
    holding = {source: item.id for item in items for source in item.sources}
    wanted = set(needs)
    found: set[frozenset[str]] = set()
    for one in Distinction.objects(needs__in=list(needs)).only("parts"):
        parts = [{holding.get(n, n) for n in part if n in wanted or n in holding} for part in one.parts]
        found |= rules.pairs_apart([sorted(part) for part in parts])
    return sorted(sorted(pair) for pair in found)


def _proposal(group: Data, needs: Mapping[str, Need], titles: Mapping[str, str]) -> Data:
    members = [needs[identifier] for identifier in group["needs"]]
    title = titles[group["item"]] if group["item"] else needs[group["middle"]].title
    return group | {"needs": members, "title": title}


def items_of(call: Call, labels: Iterable[str]) -> list[LibraryItem]:
    """The items that a call has made, by what their ids are derived by."""
    return [library.item(call.new_id(label)) for label in labels]


def history(call: Call, identifier: str) -> Data:
    """How an item came to its sources."""
    item = library.item(identifier)
    call.authorise(item.area)
    claims = sorted(SourceClaim.objects(item=item.id), key=lambda claim: (claim.created_at, _at_once(claim)))
    return {"item": item.id, "owner": item.owner, "steps": _steps(claims)}


def way(call: Call, identifier: str) -> Data:
    """Where a need went, and from what it was told apart."""
    need = one_need(call, identifier)
    steps = steps_of([need.id])[need.id]
    place = place_of(need, steps)
    item = LibraryItem.objects(id=place).only("owner").first() if place else None
    return {
        "need": need.id,
        "item": place,
        "kept_by": item.owner if item else None,
        "steps": _steps(steps),
        "told_apart": list(Distinction.objects(needs=need.id).order_by("id")),
    }


def _steps(claims: Iterable[SourceClaim]) -> list[Data]:
    """What was done at once is one step."""
    return [
        {name: getattr(same[0], name) for name in ("step", "item", "other", "by", "reasons")}
        | {"at": same[0].created_at, "needs": [claim.source for claim in same]}
        for _, group in groupby(claims, _at_once)
        for same in [list(group)]
    ]


def _at_once(claim: SourceClaim) -> tuple[str, ...]:
    told = (claim.created_at, claim.step, claim.item, claim.other, claim.by, claim.reasons)
    return tuple(str(value or "") for value in told)
