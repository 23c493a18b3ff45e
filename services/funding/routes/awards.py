"""Routes of awards and contracts."""

from __future__ import annotations

from typing import Any

from services.funding.commands import awards as commands
from services.funding.schemas import awards as schemas
from services.funding.schemas.applications import ApplicationView
from services.funding.schemas.projects import ProjectView
from shared.call import Call
from shared.http import post

Data = dict[str, Any]


class AwardRoutes:
    """立项资助"""

    @post(
        "/applications/<id>/award", body=schemas.Award, answer=ApplicationView,
        summary="Award 立项资助",
    )  # fmt: skip
    def award(self, call: Call, id: str, body: Data) -> Any:
        return commands.award(call, id, body["funds"])

    @post(
        "/applications/<id>/contract", body=schemas.Contract, answer=ProjectView, status=201,
        summary="Sign the contract 签约",
    )  # fmt: skip
    def contract(self, call: Call, id: str, body: Data) -> Any:
        return commands.contract(call, id, body)
