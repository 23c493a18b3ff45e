"""Routes of party organisations."""

from __future__ import annotations

from typing import Any

from services.registry.commands import party as commands
from services.registry.queries import party as queries
from services.registry.schemas import party as schemas
from services.registry.schemas.common import Reasons
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
        "/party-branches", query=schemas.PartyBranchQuery, answer=page_of(schemas.PartyBranchView),
        summary="Party organisations 党组织",
    )  # fmt: skip
    def branches(self, call: Call, query: Data) -> Any:
        return queries.branches(query)

    @get(
        "/party-branches/coverage", query=schemas.CoverageQuery, answer=schemas.Coverage,
        summary="Registered organisations with a party organisation 党组织覆盖率",
    )  # fmt: skip
    def party_coverage(self, call: Call, query: Data) -> Any:
        return queries.coverage(query["area"])

    @get(
        "/party-branches/<id>", answer=schemas.PartyBranchView,
        summary="One party organisation 党组织",
    )  # fmt: skip
    def branch(self, call: Call, id: str) -> Any:
        return queries.branch(id)

    @get(
        "/party-branches/<id>/file", answer=schemas.PartyBranchFile,
        summary="A party organisation with its secretary 党组织档案",
    )  # fmt: skip
    def branch_file(self, call: Call, id: str) -> Any:
        return queries.branch_file(call, id)

    @post(
        "/party-branches/<id>/change", body=schemas.PartyBranchChange, answer=schemas.PartyBranchFile,
        summary="Change a party organisation 变更党组织",
    )  # fmt: skip
    def change_branch(self, call: Call, id: str, body: Data) -> Any:
        return commands.change_branch(call, id, body)

    @post(
        "/party-branches/<id>/joining", body=schemas.Membership, answer=schemas.PartyBranchView,
        summary="An organisation joins 加入党组织",
    )  # fmt: skip
    def join_branch(self, call: Call, id: str, body: Data) -> Any:
        return commands.join(call, id, body["organisation"])

    @post(
        "/party-branches/<id>/leaving", body=schemas.Membership, answer=schemas.PartyBranchView,
        summary="An organisation leaves 退出党组织",
    )  # fmt: skip
    def leave_branch(self, call: Call, id: str, body: Data) -> Any:
        return commands.leave(call, id, body["organisation"])

    @post(
        "/party-branches/<id>/dissolution", body=Reasons, answer=schemas.PartyBranchView,
        summary="Dissolve a party organisation 撤销党组织",
    )  # fmt: skip
    def dissolve_branch(self, call: Call, id: str, body: Data) -> Any:
        return commands.dissolve(call, id, body["reasons"])
