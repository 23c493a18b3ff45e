"""Experts, as those see them who keep the register, and each of them himself."""

from __future__ import annotations

from typing import Any

from services.funding.documents import Expert
from shared.call import Call
from shared.store.queries import get, page_for

Data = dict[str, Any]
_expert = get(Expert)


def experts(call: Call, query: Data) -> Any:
    return page_for(call, Expert, query, "status", own=["account"])


def expert(call: Call, identifier: str) -> Expert:
    found = _expert(identifier)
    call.authorise(found.area, found.account)
    return found
