"""Routes of the public notice and objections."""

from __future__ import annotations

from typing import Any

from services.funding.commands import notices as commands
from services.funding.commands import rounds
from services.funding.queries import notices as queries
from services.funding.schemas import notices as schemas
from services.funding.schemas.applications import ApplicationView
from services.funding.schemas.rounds import RoundView
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class NoticeRoutes:
    """公示"""

    @post("/rounds/<id>/notice", answer=RoundView, summary="Put to public notice 公示")
    def notice(self, call: Call, id: str) -> Any:
        return rounds.notice(call, id)

    @post(
        "/applications/<id>/objections", body=schemas.NewObjection, answer=schemas.Receipt, status=201,
        summary="Object during the notice 提出异议",
    )  # fmt: skip
    def object_to(self, call: Call, id: str, body: Data) -> Any:
        return commands.object_to(call, id, body["text"])

    @get(
        "/applications/<id>/objections", answer=page_of(schemas.ObjectionView),
        summary="Objections 异议",
    )  # fmt: skip
    def objections(self, call: Call, id: str) -> Any:
        return queries.objections(call, id)

    @get(
        "/applications/<id>/objections/<objection>", answer=schemas.Answered,
        summary="What became of an objection, by its receipt 凭回执查询异议",
    )  # fmt: skip
    def objection(self, call: Call, id: str, objection: str) -> Any:
        return queries.objection(id, objection)

    @post(
        "/applications/<id>/objections/<objection>/settlement", body=schemas.Settlement,
        answer=ApplicationView, summary="Settle an objection 处理异议",
    )  # fmt: skip
    def settle(self, call: Call, id: str, objection: str, body: Data) -> Any:
        return commands.settle(call, id, objection, body)
