"""What can be asked of bodies that are known here without being registered here."""

from __future__ import annotations

from typing import Any

from services.registry.documents.bodies import KnownBody
from shared.call import Call
from shared.store.queries import get, page_for

_body = get(KnownBody)


def body(call: Call, identifier: str) -> KnownBody:
    """One body. Raises NotFound, Forbidden."""
    found = _body(identifier)
    call.authorise(found.area)
    return found


def bodies(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, KnownBody, query, "kind", "credit_code")
