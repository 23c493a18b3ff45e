"""What can be asked of organisations: records owned here and copies of those owned by other nodes."""

from __future__ import annotations

from typing import Any

from services.registry.documents.organisations import Organisation
from services.registry.domain import lives
from shared.call import Call
from shared.http import Page
from shared.store import find
from shared.store.queries import below, get, page_for

_organisation = get(Organisation)


def organisation(call: Call, identifier: str) -> Organisation:
    """One organisation, to those only who have to do with it; its summary is public. Raises NotFound, Forbidden."""
    found = _organisation(identifier)
    call.authorise(found.area, found.id)
    return found


def organisations(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Organisation, query, "track", "status")


def names_near(registry: str, but: str, nor: str | None) -> list[tuple[str, str]]:
    """Ids and names of what a registry keeps and has not ended, but for one organisation and the filing that it
    grows out of."""
    ended = (*lives.CAME_TO_NOTHING, *lives.ENDED)
    found = below(Organisation, registry).filter(id__nin=[but, nor], status__nin=ended)
    # As they are stored: to make a record of each would take ten times as long as to compare the names.
    return [(one["_id"], one["name"]) for one in found.only("id", "name").as_pymongo()]


def history(call: Call, identifier: str) -> Page[dict[str, Any]]:
    """The steps of an organisation's life, with those of the filing that it grew out of, or of the registration
    that it has grown into, the oldest first."""
    one = organisation(call, identifier)
    linked = [find(Organisation, other) for other in (one.grown_from, one.grown_into) if other]
    both = sorted([one, *filter(None, linked)], key=lambda each: each.track != "filed")
    steps = [
        {**step, "organisation": each.id, "name": each.name, "track": each.track}
        for each in both
        for step in each.history
    ]
    return Page(sorted(steps, key=lambda step: step["at"]))
