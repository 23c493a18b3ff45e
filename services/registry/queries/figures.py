"""Areas, and counts over them."""

from __future__ import annotations

from services.registry.documents.organisations import Organisation
from services.registry.documents.party import PartyBranch
from services.registry.documents.stations import Station
from shared import areas
from shared.http import Page
from shared.store.queries import below


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
