"""Routes of the register of experts."""

from __future__ import annotations

from typing import Any

from services.funding.commands import experts as commands
from services.funding.queries import experts as queries
from services.funding.schemas import experts as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class ExpertRoutes:
    """专家库"""

    @post(
        "/experts", body=schemas.NewExpert, answer=schemas.ExpertView, status=201,
        summary="Enter an expert into the register 专家入库",
    )  # fmt: skip
    def enter_expert(self, call: Call, body: Data) -> Any:
        return commands.enter(call, body)

    @get(
        "/experts", query=schemas.ExpertQuery, answer=page_of(schemas.ExpertView),
        summary="Register of experts 专家库",
    )  # fmt: skip
    def experts(self, call: Call, query: Data) -> Any:
        return queries.experts(call, query)

    @get("/experts/<id>", answer=schemas.ExpertView, summary="One expert 专家")
    def expert(self, call: Call, id: str) -> Any:
        return queries.expert(call, id)

    @post(
        "/experts/<id>/ties", body=schemas.NewTie, answer=schemas.ExpertView,
        summary="Declare a tie to an organisation 申报利害关系",
    )  # fmt: skip
    def declare_tie(self, call: Call, id: str, body: Data) -> Any:
        return commands.declare_tie(call, id, body)

    @post("/experts/<id>/retirement", answer=schemas.ExpertView, summary="Take out of the register 专家出库")
    def retire_expert(self, call: Call, id: str) -> Any:
        return commands.retire(call, id)
