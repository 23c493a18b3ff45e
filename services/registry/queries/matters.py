"""What can be asked of matters."""

from __future__ import annotations

from typing import Any

from services.registry.documents.matters import Matter
from shared.call import Call
from shared.store.queries import get, page_for

_matter = get(Matter)


def matter(call: Call, identifier: str) -> Matter:
    """One matter, to those only who have to do with it. Raises NotFound, Forbidden."""
    found = _matter(identifier)
    call.authorise(found.area, found.organisation)
    return found


def matters(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Matter, query, "organisation", "kind", "status", "due_stage", own=["organisation"])
