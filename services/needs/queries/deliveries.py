"""What can be asked of records of service."""

from __future__ import annotations

from typing import Any

from services.needs.documents import Delivery
from shared.call import Call
from shared.store.queries import get, page_for

_delivery = get(Delivery)


def delivery(call: Call, identifier: str) -> Delivery:
    found = _delivery(identifier)
    call.authorise(found.area)
    return found


def deliveries(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Delivery, query, "organisation", "topic")
