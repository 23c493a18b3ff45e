"""Areas, and counts over them."""

from __future__ import annotations

from services.registry.documents.organisations import Organisation
from services.registry.documents.stations import Station
from services.registry.domain.party import BRANCH_KINDS
from services.registry.queries import party
from shared import areas
from shared.http import Page
from shared.store.queries import below


def divisions(area: str) -> Page[areas.Division]:
    """An area and what lies directly below it, from the official code list; nothing of what is not in it."""
    if not areas.is_area(area):
        return Page([])
    return Page([d for d in areas.divisions(area[:6]).values() if area in (d.code, d.parent)])


def figures(area: str) -> dict[str, int | None]:
    """Counts of active organisations, open stations and party organisations of an area and below."""
    active = below(Organisation, area).filter(status="active")
    stations = below(Station, area).filter(status__ne="closed")
    kinds, covered = party.kinds(area), party.coverage(area)
    return {
        "organisations": active.count(),
        "registered": covered["registered"],
        "filed": active.filter(track="filed").count(),
        "stations": stations.count(),
        "stations_complying": stations.filter(complies=True).count(),
        "party_branches": kinds.total(),
        **{f"party_{kind}": kinds[kind] for kind in BRANCH_KINDS},
        "party_covered": covered["covered"],
        "party_coverage_percent": covered["percent"],
    }
