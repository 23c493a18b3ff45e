"""What can be asked of organisations: records owned here and copies of those owned by other nodes."""

from __future__ import annotations

from typing import Any

from services.registry.documents.organisations import Organisation
from shared.call import Call
from shared.store.queries import get, page_for

_organisation = get(Organisation)


def organisation(call: Call, identifier: str) -> Organisation:
    """One organisation, to those only who have to do with it; its summary is public. Raises NotFound, Forbidden."""
    found = _organisation(identifier)
    call.authorise(found.area, found.id)
    return found


def organisations(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Organisation, query, "track", "status")
