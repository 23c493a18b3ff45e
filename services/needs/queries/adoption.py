"""What can be asked of wishes: by anybody what is offered, by staff whose it is."""

from __future__ import annotations

from typing import Any

from services.needs.documents import Wish
from shared.call import Call
from shared.store.queries import get, page

Data = dict[str, Any]
wish = get(Wish)


def wishes(query: Data) -> Any:
    return page(Wish, query, "category", "status")


def contacts(call: Call, identifier: str) -> Data:
    """Whose wish it is and who adopted it, at the node that owns it."""
    found = wish(identifier)
    call.authorise(found.area)
    return {
        "id": found.id,
        "contact": found.contact or None,
        "adopter_contact": found.adopter_contact or None,
    }
