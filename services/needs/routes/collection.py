"""Needs 需求."""

from __future__ import annotations

from typing import Any

from services.needs.commands import collection as commands
from services.needs.queries import collection as queries
from services.needs.schemas import collection as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class CollectionRoutes:
    """Needs 需求."""

    @post(
        "/needs", body=schemas.NewNeed, answer=schemas.NeedView, status=201,
        summary="Record a need 登记需求",
    )  # fmt: skip
    def collect_need(self, call: Call, body: Data) -> Any:
        return queries.shown(call, commands.collect_need(call, body))

    @get(
        "/needs", query=schemas.NeedQuery, answer=page_of(schemas.NeedView),
        summary="List needs 需求列表",
    )  # fmt: skip
    def needs(self, call: Call, query: Data) -> Any:
        return queries.needs(call, query)

    @get("/needs/<id>", answer=schemas.NeedView, summary="One need 需求")
    def need(self, call: Call, id: str) -> Any:
        return queries.need(call, id)

    @post(
        "/needs/<id>/answer", body=schemas.Answer, answer=schemas.NeedView,
        summary="Close the loop 答复",
    )  # fmt: skip
    def answer_need(self, call: Call, id: str, body: Data) -> Any:
        return queries.shown(call, commands.answer_need(call, id, body["answer"]))

    @post(
        "/needs/<id>/routing", body=schemas.Route, answer=schemas.NeedView,
        summary="Route a hotline request 转办",
    )  # fmt: skip
    def route_need(self, call: Call, id: str, body: Data) -> Any:
        return queries.shown(call, commands.route_need(call, id, body["to"]))

    @post(
        "/needs/<id>/call-back", body=schemas.CallBack, answer=schemas.NeedView,
        summary="Record a call-back 回访",
    )  # fmt: skip
    def call_back(self, call: Call, id: str, body: Data) -> Any:
        return queries.shown(call, commands.call_back(call, id, body))
