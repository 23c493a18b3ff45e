"""Rounds, as they can be asked for."""

from __future__ import annotations

from typing import Any

from services.funding.documents import Round
from shared import permissions
from shared.call import Call
from shared.store.queries import get, page, unknown

Data = dict[str, Any]

round_ = get(Round)
DRAFT = permissions.TABLE.rule("funding", "round.draft")  # who sees a round before it is opened


def rounds(call: Call, query: Data) -> Any:
    """Drafts are shown to those only who plan rounds where the list is asked for."""
    drafts = {} if DRAFT.admits(call.actor, [query["area"] or call.node.area]) else {"status__ne": "draft"}
    return page(Round, query, "year", "kind", "status", **drafts)


def round_for(call: Call, identifier: str) -> Round:
    """Raises NotFound, also to those for whom there is no such round yet."""
    found = round_(identifier)
    if found.status == "draft" and not DRAFT.admits(call.actor, [found.area]):
        raise unknown(Round, identifier)
    return found
