"""What can be asked of the need library."""

from __future__ import annotations

from typing import Any

from services.needs.documents import LibraryItem
from shared.store.queries import get, page

item = get(LibraryItem)


def library(query: dict[str, Any]) -> Any:
    return page(LibraryItem, query, "category", "status")
