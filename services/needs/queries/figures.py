"""Counts over needs, the library and what was delivered."""

from __future__ import annotations

from datetime import UTC, date, datetime

from services.needs.documents import Delivery, LibraryItem, Need
from services.needs.domain import figures as rules
from shared import clock
from shared.store.queries import below


def figures(area: str, year: int | None) -> dict[str, int | None]:
    """Counts of an area and below: needs by when they were received, services by when they were delivered,
    library items that did not dissolve by when they were made."""
    raised = below(Need, area).filter(**days("received_on", year))
    library = below(LibraryItem, area).filter(status__ne="dissolved", **moments("created_at", year))
    delivered = below(Delivery, area).filter(**days("delivered_on", year))
    raised_in = raised.distinct("area")
    hotline = raised.filter(source="hotline")
    requests, closed = hotline.count(), hotline.filter(answered_at__ne=None).count()
    return {
        "collected": raised.count(),
        "merged": raised.filter(status="merged").count(),
        "library": library.count(),
        "topics": library.filter(status="chosen").count(),
        "streets": len(rules.streets(raised_in)),
        "communities": len(rules.communities(raised_in)),
        "deliveries": delivered.count(),
        "beneficiaries": delivered.sum("beneficiaries"),
        "person_times": delivered.sum("person_times"),
        "hotline_requests": requests,
        "hotline_closed": closed,
        "hotline_closed_percent": rules.percent(closed, requests),
    }


def days(field: str, year: int | None) -> dict[str, date]:
    return {f"{field}__gte": date(year, 1, 1), f"{field}__lte": date(year, 12, 31)} if year else {}


def moments(field: str, year: int | None) -> dict[str, datetime]:
    """The year as China's clocks have it."""
    if year is None:
        return {}
    start, end = (datetime(y, 1, 1, tzinfo=clock.CHINA).astimezone(UTC) for y in (year, year + 1))
    return {f"{field}__gte": start, f"{field}__lt": end}
