"""What can be asked of runs."""

from __future__ import annotations

from typing import Any

from services.registry.documents.runs import Run
from shared.call import Call
from shared.store.queries import get, page_for

_run = get(Run)


def run(call: Call, identifier: str) -> Run:
    found = _run(identifier)
    call.authorise(found.area)
    return found


def runs(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Run, query, "kind", "status")
