"""Routes of rounds."""

from __future__ import annotations

from typing import Any

from services.funding.commands import rounds as commands
from services.funding.queries import rounds as queries
from services.funding.schemas import rounds as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class RoundRoutes:
    """轮次"""

    @post(
        "/rounds", body=schemas.NewRound, answer=schemas.RoundView, status=201,
        summary="Plan a round 拟定轮次",
    )  # fmt: skip
    def plan_round(self, call: Call, body: Data) -> Any:
        return commands.plan_round(call, body)

    @get(
        "/rounds", query=schemas.RoundQuery, answer=page_of(schemas.RoundView),
        summary="Rounds 轮次",
    )  # fmt: skip
    def rounds(self, call: Call, query: Data) -> Any:
        return queries.rounds(call, query)

    @get("/rounds/<id>", answer=schemas.RoundView, summary="One round 轮次")
    def round(self, call: Call, id: str) -> Any:
        return queries.round_for(call, id)

    @post(
        "/rounds/<id>/next-stage", answer=schemas.RoundView, summary="Move on to the next stage 进入下一环节"
    )
    def next_stage(self, call: Call, id: str) -> Any:
        return commands.next_stage(call, id)

    @post("/rounds/<id>/opening", answer=schemas.RoundView, summary="Call for applications 征集")
    def open_round(self, call: Call, id: str) -> Any:
        return commands.open_round(call, id)

    @post("/rounds/<id>/closing", answer=schemas.RoundView, summary="End the call 截止")
    def close_round(self, call: Call, id: str) -> Any:
        return commands.close_round(call, id)

    @post("/rounds/<id>/conclusion", answer=schemas.RoundView, summary="Announce the result 公告")
    def conclude(self, call: Call, id: str) -> Any:
        return commands.conclude(call, id)
