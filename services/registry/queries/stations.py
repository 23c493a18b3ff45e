"""What can be asked of service stations."""

from __future__ import annotations

from typing import Any

from services.registry.documents.stations import Station
from shared.store.queries import get, page

station = get(Station)


def stations(query: dict[str, Any]) -> Any:
    return page(Station, query)
