"""What can be asked of the incubator: records owned here and copies of those owned by other nodes."""

from __future__ import annotations

from typing import Any

from services.incubator.documents import Centre, KnownOrganisation, KnownSummary, Residency
from shared.call import Call
from shared.store.queries import below, get, page, page_for

centre = get(Centre)
_residency = get(Residency)


def centres(query: dict[str, Any]) -> Any:
    return page(Centre, query)


def residency(call: Call, identifier: str) -> Residency:
    """One residency, to those only who have to do with it. Raises NotFound, Forbidden."""
    found = _residency(identifier)
    call.authorise(found.area, found.organisation)
    return found


def residencies(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Residency, query, "centre", "organisation", "status", "stage", own=["organisation"])


def known_organisation(identifier: str) -> KnownOrganisation | KnownSummary | None:
    """An organisation of this area, or what everybody may know of another's."""
    own: KnownOrganisation | None = KnownOrganisation.objects(id=identifier).first()
    summary: KnownSummary | None = KnownSummary.objects(organisation=identifier).first()
    return own or summary


def figures(area: str) -> dict[str, int]:
    """Counts of the centres of an area and below, and of who is, or was, in them."""
    centres_here = below(Centre, area)
    ever = below(Residency, area)
    residents = ever.filter(status="resident")
    return {
        "centres": centres_here.count(),
        "capacity": centres_here.sum("capacity"),
        "residents": residents.count(),
        "residents_registered": residents.filter(track="registered").count(),
        "residents_filed": residents.filter(track="filed").count(),
        "graduated": ever.filter(status="graduated").count(),
        # Applications that were given up before anybody entered are no leavers.
        "left": ever.filter(status="left", entered_on__ne=None).count(),
    }
