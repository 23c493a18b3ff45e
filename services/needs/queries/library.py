"""What can be asked of the need library."""

from __future__ import annotations

from typing import Any

from services.needs.documents import LibraryItem, Need
from services.needs.domain import library as rules
from shared.call import Call
from shared.http import Page
from shared.store.queries import get, page, seen

item = get(LibraryItem)


def similar(call: Call, query: dict[str, Any]) -> Page[dict[str, Any]]:
    """Needs whose titles are alike, the most alike first."""
    where = {"category": query["category"]} if query["category"] else {}
    among = seen(call, Need, query["area"])
    names = ("id", "area", "title", "category", "status", "item")
    scored = [
        {name: getattr(other, name) for name in names}
        | {"score": rules.similarity(query["title"], other.title)}
        for other in among.filter(**where).only(*names)
    ]
    alike = [other for other in scored if other["score"] >= rules.SIMILAR_FROM]
    return Page(sorted(alike, key=lambda other: (-other["score"], other["id"]))[: query["limit"]])


def library(query: dict[str, Any]) -> Any:
    return page(LibraryItem, query, "category", "status")
