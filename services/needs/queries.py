"""What can be asked of needs: records owned here and copies of those owned by other nodes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from services.needs import domain
from services.needs.documents import Delivery, KnownOrganisation, KnownSummary, LibraryItem, Need
from shared import clock, permissions
from shared.call import Call
from shared.http import Page
from shared.store.queries import below, get, page, page_for, seen

CONTACT = permissions.TABLE.rule("needs", "need.contact")  # who may see whom to answer

item = get(LibraryItem)
_delivery = get(Delivery)
_need = get(Need)


def shown(call: Call, need: Need) -> Need:
    """The need as the caller may see it: without contact and answer unless they are staff of its area."""
    if not CONTACT.admits(call.actor, [need.area]):
        need.contact, need.answer = {}, None
    return need


def need(call: Call, identifier: str) -> Need:
    found = _need(identifier)
    call.authorise(found.area)
    return shown(call, found)


def needs(call: Call, query: dict[str, Any]) -> Page[Need]:
    found: Page[Need] = page_for(call, Need, query, "category", "source", "status", "item")
    return Page([shown(call, need) for need in found.items], found.next)


def similar(call: Call, query: dict[str, Any]) -> Page[dict[str, Any]]:
    """Needs whose titles are alike, the most alike first."""
    where = {"category": query["category"]} if query["category"] else {}
    among = seen(call, Need, query["area"])
    names = ("id", "area", "title", "category", "status", "item")
    scored = [
        {name: getattr(other, name) for name in names}
        | {"score": domain.similarity(query["title"], other.title)}
        for other in among.filter(**where).only(*names)
    ]
    alike = [other for other in scored if other["score"] >= domain.SIMILAR_FROM]
    return Page(sorted(alike, key=lambda other: (-other["score"], other["id"]))[: query["limit"]])


def library(query: dict[str, Any]) -> Any:
    return page(LibraryItem, query, "category", "status")


def delivery(call: Call, identifier: str) -> Delivery:
    found = _delivery(identifier)
    call.authorise(found.area)
    return found


def deliveries(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Delivery, query, "organisation", "topic")


def known_organisation(identifier: str) -> KnownOrganisation | KnownSummary | None:
    """An organisation of this area, or what everybody may know of another's."""
    own: KnownOrganisation | None = KnownOrganisation.objects(id=identifier).first()
    summary: KnownSummary | None = KnownSummary.objects(organisation=identifier).first()
    return own or summary


def figures(area: str, year: int | None) -> dict[str, int | None]:
    """Counts of an area and below: needs by when they were received, services by when they were delivered,
    library items by when they were made."""
    raised = below(Need, area).filter(**_days("received_on", year))
    library = below(LibraryItem, area).filter(**_moments("created_at", year))
    delivered = below(Delivery, area).filter(**_days("delivered_on", year))
    raised_in = raised.distinct("area")
    hotline = raised.filter(source="hotline")
    requests, closed = hotline.count(), hotline.filter(answered_at__ne=None).count()
    return {
        "collected": raised.count(),
        "merged": raised.filter(status="merged").count(),
        "library": library.count(),
        "topics": library.filter(status="chosen").count(),
        "streets": len(domain.streets(raised_in)),
        "communities": len(domain.communities(raised_in)),
        "deliveries": delivered.count(),
        "beneficiaries": delivered.sum("beneficiaries"),
        "person_times": delivered.sum("person_times"),
        "hotline_requests": requests,
        "hotline_closed": closed,
        "hotline_closed_percent": domain.percent(closed, requests),
    }


def _days(field: str, year: int | None) -> dict[str, date]:
    return {f"{field}__gte": date(year, 1, 1), f"{field}__lte": date(year, 12, 31)} if year else {}


def _moments(field: str, year: int | None) -> dict[str, datetime]:
    """The year as China's clocks have it."""
    if year is None:
        return {}
    start, end = (datetime(y, 1, 1, tzinfo=clock.CHINA).astimezone(UTC) for y in (year, year + 1))
    return {f"{field}__gte": start, f"{field}__lt": end}
