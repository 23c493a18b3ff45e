"""What commands of several subjects look up before they write."""

from __future__ import annotations

from services.registry.documents.organisations import Organisation
from shared.call import Call
from shared.store.aggregate import elsewhere
from shared.store.queries import get

_organisation = get(Organisation)


def organisation_here(call: Call, identifier: str) -> Organisation:
    """The organisation that something is written beside. Raises NotFound, Misdirected where another node owns it."""
    found = _organisation(identifier)
    if found.owner != call.node.area:
        raise elsewhere(call, found)
    return found
