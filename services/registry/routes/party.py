"""Routes of party organisations."""

from __future__ import annotations

from typing import Any

from services.registry.commands import party as commands
from services.registry.queries import party as queries
from services.registry.schemas import party as schemas
from services.registry.schemas.common import AreaQuery
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class PartyRoutes:
    """党组织"""

    @post(
        "/party-branches", body=schemas.NewPartyBranch, answer=schemas.PartyBranchView, status=201,
        summary="Record a party organisation 党组织",
    )  # fmt: skip
    def found_branch(self, call: Call, body: Data) -> Any:
        return commands.found_branch(call, body)

    @get(
        "/party-branches", query=AreaQuery, answer=page_of(schemas.PartyBranchView),
        summary="Party organisations 党组织",
    )  # fmt: skip
    def branches(self, call: Call, query: Data) -> Any:
        return queries.branches(query)

    @get(
        "/party-branches/<id>",
        answer=schemas.PartyBranchView,
        summary="One party organisation 党组织",
    )
    def branch(self, call: Call, id: str) -> Any:
        return queries.branch(id)
