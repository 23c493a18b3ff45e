"""What can be asked of the registry: records owned here and copies of those owned by other nodes."""

from __future__ import annotations

from typing import Any

from services.registry import domain
from services.registry.documents import Organisation, PartyBranch, Station, Summary
from shared import areas
from shared.call import Call
from shared.http import Page
from shared.store.queries import below, get, page

_organisation = get(Organisation)
station = get(Station)
branch = get(PartyBranch)


def organisation(call: Call, identifier: str) -> Organisation:
    """One organisation. What is not public yet is shown to those only who have to do with it."""
    found = _organisation(identifier)
    if found.status not in domain.PUBLIC_STATES:
        call.authorise(found.area, found.id)
    return found


def organisations(query: dict[str, Any]) -> Any:
    return page(Organisation, query, "track", "status")


def stations(query: dict[str, Any]) -> Any:
    return page(Station, query)


def branches(query: dict[str, Any]) -> Any:
    return page(PartyBranch, query)


def summaries(query: dict[str, Any]) -> Any:
    return page(Summary, query)


def divisions(area: str) -> Page[areas.Division]:
    """An area and what lies directly below it, from the official code list; nothing of what is not in it."""
    if not areas.is_area(area):
        return Page([])
    return Page([d for d in areas.divisions(area[:6]).values() if area in (d.code, d.parent)])


def figures(area: str) -> dict[str, int | None]:
    """Counts of active organisations, stations and party organisations of an area and below."""
    active = below(Organisation, area).filter(status="active")
    registered = {o.id for o in active.filter(track="registered").only("id")}
    branches_here = list(below(PartyBranch, area).only("kind", "organisations"))
    covered = registered & {o for b in branches_here for o in b.organisations}
    kinds = [b.kind for b in branches_here]
    return {
        "organisations": active.count(),
        "registered": len(registered),
        "filed": active.filter(track="filed").count(),
        "stations": below(Station, area).count(),
        "stations_complying": below(Station, area).filter(complies=True).count(),
        "party_branches": len(branches_here),
        "party_independent": kinds.count("independent"),
        "party_joint": kinds.count("joint"),
        "party_functional": kinds.count("functional"),
        "party_covered": len(covered),
        "party_coverage_percent": 100 * len(covered) // len(registered) if registered else None,
    }
