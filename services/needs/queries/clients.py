"""What can be asked of clients: by staff of their area, and by each of themselves."""

from __future__ import annotations

from typing import Any

from services.needs.documents import Client
from shared.call import Call
from shared.store.queries import get, page_for

_client = get(Client)


def client(call: Call, identifier: str) -> Client:
    found = _client(identifier)
    call.authorise(found.area, found.account)
    return found


def clients(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Client, query, "client_class", "status", own=["account"])
