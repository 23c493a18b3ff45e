"""Routes of schemes."""

from __future__ import annotations

from typing import Any

from services.funding.commands import rounds as round_commands
from services.funding.commands import schemes as commands
from services.funding.queries import schemes as queries
from services.funding.schemas import schemes as schemas
from services.funding.schemas.rounds import RoundView
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class SchemeRoutes:
    """轮次方案"""

    @post(
        "/schemes", body=schemas.NewScheme, answer=schemas.SchemeView, status=201,
        summary="Begin a scheme of rounds 制定方案",
    )  # fmt: skip
    def open_scheme(self, call: Call, body: Data) -> Any:
        return commands.open_scheme(call, body)

    @get(
        "/schemes", query=schemas.SchemeQuery, answer=page_of(schemas.SchemeView),
        summary="Schemes that an area can use 轮次方案",
    )  # fmt: skip
    def schemes(self, call: Call, query: Data) -> Any:
        return queries.schemes(query)

    @get("/schemes/<id>", answer=schemas.SchemeView, summary="One scheme with its versions 轮次方案")
    def scheme(self, call: Call, id: str) -> Any:
        return queries.scheme(id)

    @post(
        "/schemes/<id>/versions", body=schemas.NewVersion, answer=schemas.SchemeView, status=201,
        summary="Publish the next version 发布新版本",
    )  # fmt: skip
    def publish_version(self, call: Call, id: str, body: Data) -> Any:
        return commands.publish_version(call, id, body)

    @post("/schemes/<id>/retirement", answer=schemas.SchemeView, summary="Retire a scheme 停用方案")
    def retire_scheme(self, call: Call, id: str) -> Any:
        return commands.retire_scheme(call, id)

    @post(
        "/schemes/<id>/rounds", body=schemas.RoundByScheme, answer=RoundView, status=201,
        summary="Plan a round by a scheme 按方案拟定轮次",
    )  # fmt: skip
    def plan_by_scheme(self, call: Call, id: str, body: Data) -> Any:
        return round_commands.plan_by_scheme(call, id, body)
