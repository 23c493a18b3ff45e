"""Routes of clients 服务对象."""

from __future__ import annotations

from typing import Any

from services.needs.commands import clients as commands
from services.needs.queries import clients as queries
from services.needs.schemas import clients as schemas
from services.needs.schemas.orders import Cancellation
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class ClientRoutes:
    """服务对象"""

    @post(
        "/clients", body=schemas.NewClient, answer=schemas.ClientView, status=201,
        summary="Register a client 登记服务对象",
    )  # fmt: skip
    def register_client(self, call: Call, body: Data) -> Any:
        return commands.register_client(call, body)

    @get(
        "/clients", query=schemas.ClientQuery, answer=page_of(schemas.ClientView),
        summary="Clients 服务对象列表",
    )  # fmt: skip
    def clients(self, call: Call, query: Data) -> Any:
        return queries.clients(call, query)

    @get("/clients/<id>", answer=schemas.ClientView, summary="One client 服务对象")
    def client(self, call: Call, id: str) -> Any:
        return queries.client(call, id)

    @post(
        "/clients/<id>/class", body=schemas.NewStanding, answer=schemas.ClientView,
        summary="Put a client into a class 变更服务对象类别",
    )  # fmt: skip
    def reclassify_client(self, call: Call, id: str, body: Data) -> Any:
        return commands.reclassify_client(call, id, body)

    @post(
        "/clients/<id>/end", body=Cancellation, answer=schemas.ClientView,
        summary="Close a client's file 注销服务对象",
    )  # fmt: skip
    def end_client(self, call: Call, id: str, body: Data) -> Any:
        return commands.end_client(call, id, body["reasons"])
