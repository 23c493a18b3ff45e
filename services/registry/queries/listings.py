"""What can be asked of listings."""

from __future__ import annotations

from typing import Any

from services.registry.documents.inspection import Inspection
from services.registry.documents.listings import Listing
from services.registry.domain import inspection, listings
from services.registry.queries.rules import value
from shared.call import Call
from shared.store.queries import get, page, page_for

Data = dict[str, Any]
_listing = get(Listing)


def key(organisation: str, ground: str, inspection_id: str | None) -> str:
    """What is under way once at a time."""
    return f"{organisation}/{ground}/{inspection_id or '-'}"


def listed(organisation: str, kind: str) -> list[Listing]:
    return list(Listing.objects(organisation=organisation, kind=kind, status="listed").order_by("id"))


def terms(call: Call, area: str) -> listings.Terms:
    found = (
        value(rule, area, call.now)
        for rule in (listings.SERIOUS_MONTHS, listings.CLEAN_MONTHS, listings.PENALTY_MONTHS)
    )
    return listings.Terms(*found)


def may_go(call: Call, listing: Listing) -> bool | None:
    """Whether a rule takes a listing off; None where the registrar has to look."""
    if listing.listed_at is None:
        return False
    newest = max(
        (each.listed_at for each in listed(listing.organisation, listing.kind)), default=listing.listed_at
    )
    found = terms(call, listing.area)
    return listings.may_go(listing.ground, listing.listed_at, newest, mended(listing), call.now, found)


def mended(listing: Listing) -> bool | None:
    """Whether what led to it was put right, as far as the platform knows: the report came, the rectification was
    accepted. None of what it does not know."""
    found = Inspection.objects(id=listing.inspection).first() if listing.inspection else None
    if found is None:
        return None
    if listing.ground == "rectification_missed":
        return found.status in ("concluded", "lapsed")
    return found.status not in inspection.REPORTING


def leads_to_serious(call: Call, listing: Listing) -> bool:
    """Whether it is time to propose the list of serious violations, and nobody has since the newest listing."""
    if listing.kind != "abnormal":
        return False
    newest = max(each.listed_at for each in listed(listing.organisation, "abnormal"))
    if not listings.becomes_serious(newest, call.now, terms(call, listing.area)):
        return False
    proposed = {"organisation": listing.organisation, "ground": "two_years_abnormal"}
    return Listing.objects(**proposed, proposed_at__gte=newest).first() is None


def public(query: Data) -> Any:
    """Who is on a list."""
    return page(Listing, query, "organisation", "kind", status="listed")


def files(call: Call, query: Data) -> Any:
    """All listings, proposals too, to those who deal with them."""
    return page_for(call, Listing, query, "organisation", "kind", "status", own=["organisation"])


def file(call: Call, identifier: str) -> Listing:
    """One listing with its facts, to those who deal with it. Raises NotFound, Forbidden."""
    found = _listing(identifier)
    call.authorise(found.area, found.organisation)
    return found
