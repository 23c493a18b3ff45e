"""What can be asked of campaigns and pledges."""

from __future__ import annotations

from typing import Any

from services.needs.documents import Campaign, Pledge
from shared.call import Call
from shared.store.queries import get, page, page_for

Data = dict[str, Any]
campaign = get(Campaign)
_pledge = get(Pledge)


def campaigns(query: Data) -> Any:
    return page(Campaign, query, "status")


def pledge(call: Call, identifier: str) -> Pledge:
    found = _pledge(identifier)
    call.authorise(found.area, found.account)
    return found


def pledges(call: Call, query: Data) -> Any:
    return page_for(call, Pledge, query, "campaign", "status", own=["account"])
