"""What everybody can ask."""

from __future__ import annotations

from typing import Any

from services.registry.documents.summaries import Summary
from shared.store.queries import page


def summaries(query: dict[str, Any]) -> Any:
    return page(Summary, query)
