"""What can be asked of service stations."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.registry.documents.stations import Station, StationVisit
from services.registry.domain import stations as rules
from shared import areas, clock
from shared.call import Call
from shared.http import Page
from shared.store.queries import below, get, page

Data = dict[str, Any]
station = get(Station)


def stations(query: Data) -> Any:
    return page(Station, query, "status")


def visits(call: Call, station_id: str, query: Data) -> Any:
    """The visits to a station, oldest first; to staff of its area, at the node that owns it."""
    found = station(station_id)
    call.authorise(found.area)
    after = {"id__gt": query["cursor"][0]} if query["cursor"] else {}
    told = StationVisit.objects(station=found.id, **after).order_by("id").limit(query["limit"] + 1)
    return Page.of(list(told), query["limit"], lambda each: [each.id])


def shares(call: Call, query: Data) -> Data:
    """The share of compliance of an area and of those directly below it, each with its trend by month."""
    area, today = query["area"], call.now.astimezone(clock.CHINA).date()
    days = rules.month_ends(query["on"] or today, query["months"])
    fields = ("area", "opened_on", "closed_on", "complies", "history")
    known = [
        rules.Known(*(getattr(each, name) for name in fields)) for each in below(Station, area).only(*fields)
    ]
    lower: dict[str, list[rules.Known]] = {}
    for each in known:
        if each.area != area:
            lower.setdefault(each.area[: len(area) + 3], []).append(each)
    return _share(area, known, days) | {"below": [_share(*each, days) for each in sorted(lower.items())]}


def _share(area: str, known: list[rules.Known], days: list[date]) -> Data:
    points = [(day, rules.share(known, day)) for day in days]
    trend = [{"on": day, **found._asdict(), "percent": found.percent} for day, found in points]
    return {"area": area, "name": areas.name(area), **trend[-1], "trend": trend}
