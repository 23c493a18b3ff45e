"""Schemes, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.documents import Scheme
from shared import areas
from shared.store.queries import get, page

Data = dict[str, Any]
scheme = get(Scheme)


def schemes(query: Data) -> Any:
    """Those that an area can use: its own and those of the areas above it; all where none is named."""
    usable = {"area__in": list(areas.path(query["area"]))} if query["area"] else {}
    return page(Scheme, query | {"area": None}, "kind", "status", **usable)
