"""What can be asked of organisations: records owned here and copies of those owned by other nodes."""

from __future__ import annotations

from typing import Any

from services.registry.documents.organisations import Organisation
from services.registry.domain import organisations as rules
from shared.call import Call
from shared.store.queries import get, page

_organisation = get(Organisation)


def organisation(call: Call, identifier: str) -> Organisation:
    """One organisation. What is not public yet is shown to those only who have to do with it."""
    found = _organisation(identifier)
    if found.status not in rules.PUBLIC_STATES:
        call.authorise(found.area, found.id)
    return found


def organisations(query: dict[str, Any]) -> Any:
    return page(Organisation, query, "track", "status")
