"""What can be asked of the menu."""

from __future__ import annotations

from typing import Any

from services.needs.documents import ServiceItem
from shared.store.queries import get, page

service_item = get(ServiceItem)


def menu(query: dict[str, Any]) -> Any:
    return page(ServiceItem, query, "item_class", "status")
