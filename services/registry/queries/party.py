"""What can be asked of party organisations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from services.registry.documents.organisations import Organisation
from services.registry.documents.party import PartyBranch
from shared import areas
from shared.call import Call
from shared.store.queries import below, get, page

Data = dict[str, Any]
branch = get(PartyBranch)
IDS = 1000  # in one question to the store


def branches(query: Data) -> Any:
    return page(PartyBranch, query, "kind", "status")


def branch_file(call: Call, identifier: str) -> PartyBranch:
    """A branch with the reference to its secretary, to staff of its area."""
    found = branch(identifier)
    call.authorise(found.area)
    return found


def coverage(area: str) -> Data:
    """How many registered organisations have a party organisation, in an area and in each directly below it. The
    store counts: of the organisations nothing but their areas is read."""
    registered = _by_area(area, {"status": "active", "track": "registered"})
    covered: Counter[str] = Counter()
    for some in _batches(_in_branches(area)):
        covered += _by_area(area, {"status": "active", "track": "registered", "_id": {"$in": some}})
    lower = sorted(each for each in registered if each != area)
    whole = _rate(area, registered.total(), covered.total())
    return whole | {"below": [_rate(each, registered[each], covered[each]) for each in lower]}


def _in_branches(area: str) -> Iterator[str]:
    """Organisations in branches of the area; a branch of the district may hold one of a street."""
    inside = {"area": {"$gte": areas.path(area)[0], "$lt": areas.path(area)[0] + ":"}}
    stages = [
        {"$match": inside | {"status": {"$ne": "dissolved"}}},
        {"$unwind": "$organisations"},
        {"$group": {"_id": "$organisations"}},
    ]
    for each in PartyBranch._get_collection().aggregate(stages):
        yield each["_id"]


def _batches(identifiers: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(identifiers, IDS)):
        yield some


def _by_area(area: str, where: Data) -> Counter[str]:
    """Organisations by the area directly below, or by the area itself for those that belong to no lower one."""
    inside = {"area": {"$gte": area, "$lt": area + ":"}} | where
    stages = [
        {"$match": inside},
        {"$group": {"_id": {"$substrBytes": ["$area", 0, len(area) + 3]}, "n": {"$sum": 1}}},
    ]
    found = Organisation._get_collection().aggregate(stages)
    return Counter({each["_id"]: each["n"] for each in found})


def _rate(area: str, registered: int, covered: int) -> Data:
    percent = 100 * covered // registered if registered else None
    about = {"area": area, "name": areas.name(area)}
    return about | {"registered": registered, "covered": covered, "percent": percent}


def kinds(area: str) -> Counter[str]:
    """Party organisations of an area and below by kind."""
    found = below(PartyBranch, area).filter(status__ne="dissolved").only("kind")
    return Counter(each.kind for each in found)
