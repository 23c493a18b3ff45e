"""What the hotline publishes of itself."""

from __future__ import annotations

from typing import Any

from services.needs.documents import Need
from services.needs.domain import hotline as rules
from services.needs.queries.figures import days
from shared.call import Call
from shared.http import Page
from shared.store.queries import below


def completion(call: Call, query: dict[str, Any]) -> Page[dict[str, Any]]:
    """The completion rate of an area, and of each area directly below, by when requests were received."""
    names = ("area", "answered_at", "late", "due_at", "called_back_at", "satisfied")
    where = days("received_on", query["year"])
    found = below(Need, query["area"]).filter(source="hotline", **where).only(*names)
    requests = [
        rules.Request(
            one.area, one.answered_at is not None, bool(one.late), one.due_at,
            one.called_back_at is not None, one.satisfied,
        )
        for one in found
    ]  # fmt: skip
    told = rules.by_part(requests, query["area"], call.now)
    return Page([{"area": area} | counted._asdict() for area, counted in told.items()])
