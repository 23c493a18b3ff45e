"""What can be asked of party organisations."""

from __future__ import annotations

from typing import Any

from services.registry.documents.party import PartyBranch
from shared.store.queries import get, page

branch = get(PartyBranch)


def branches(query: dict[str, Any]) -> Any:
    return page(PartyBranch, query)
