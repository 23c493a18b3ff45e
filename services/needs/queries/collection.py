"""What can be asked of needs."""

from __future__ import annotations

from typing import Any

from services.needs.documents import Need
from shared import permissions
from shared.call import Call
from shared.http import Page
from shared.store.queries import get, page_for

CONTACT = permissions.TABLE.rule("needs", "need.contact")  # who may see whom to answer


FILTERS = ("category", "source", "status", "item", "survey", "loop", "due_stage")

_need = get(Need)


def shown(call: Call, need: Need) -> Need:
    """The need as the caller may see it: without what is personal unless they are staff who deal with it."""
    if not CONTACT.admits(call.actor, need.handled_at):
        need.contact, need.answer, need.call_back_reasons = {}, None, None
    return need


def need(call: Call, identifier: str) -> Need:
    found = _need(identifier)
    call.authorise(found.handled_at)
    return shown(call, found)


def needs(call: Call, query: dict[str, Any]) -> Page[Need]:
    found: Page[Need] = page_for(call, Need, query, *FILTERS)
    return Page([shown(call, need) for need in found.items], found.next)
