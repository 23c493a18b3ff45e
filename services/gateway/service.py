"""The gateway's entrypoints: the node itself under /api/node, everything else passed on."""

from __future__ import annotations

from typing import Any, ClassVar

from nameko.timer import timer
from werkzeug.wrappers import Request, Response

from services.gateway import commands, documents, events, persons, proxy, queries, schemas
from services.gateway.depths import Depths
from shared import runtime
from shared.call import Call
from shared.http import PageQuery, get, page_of, post, put, raw
from shared.service import Service

LOOK = 5  # seconds between looks at whether the description or the keys have changed


class GatewayService(Service):
    """节点入口"""

    name = "gateway"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    depths = Depths()

    @timer(interval=LOOK, eager=True)
    def announce(self) -> None:
        commands.announce(Call(node=runtime.node(), service=self.name))
        commands.announce_restore(Call(node=runtime.node(), service=self.name))

    @get("/node", answer=schemas.NodeView, summary="This node 本节点")
    def node(self, call: Call) -> Any:
        return queries.node(call.node)

    @get("/nodes", answer=page_of(schemas.KnownNodeView), summary="Nodes known here 已知节点")
    def nodes(self, call: Call) -> Any:
        return queries.known()

    @post(
        "/node/resyncs", body=schemas.NewResync, answer=schemas.ResyncView, status=201,
        summary="Ask for state again 请求重新同步",
    )  # fmt: skip
    def resync(self, call: Call, body: dict[str, Any]) -> Any:
        return commands.resync(call, body["service"])

    @get(
        "/node/resyncs", query=PageQuery, answer=page_of(schemas.ResyncView),
        summary="Requests for state 重新同步请求",
    )  # fmt: skip
    def resyncs(self, call: Call, query: dict[str, Any]) -> Any:
        return queries.resyncs(call, query)

    @get(
        "/node/restores", query=PageQuery, answer=page_of(schemas.RestoreView),
        summary="Restores of this node from backups 恢复记录",
    )  # fmt: skip
    def restores(self, call: Call, query: dict[str, Any]) -> Any:
        return queries.restores(call, query)

    @get(
        "/node/audit-heads", query=schemas.HeadQuery, answer=page_of(schemas.HeadView),
        summary="Heads of audit chains told to this node 审计链头",
    )  # fmt: skip
    def heads(self, call: Call, query: dict[str, Any]) -> Any:
        return queries.heads(call, query)

    @post(
        "/node/data-requests", body=schemas.NewDataRequest, answer=schemas.DataRequestView, status=201,
        summary="Receive a person's request about their data 受理个人信息请求",
    )  # fmt: skip
    def receive_data_request(self, call: Call, body: dict[str, Any]) -> Any:
        return persons.receive(call, body)

    @get(
        "/node/data-requests", query=schemas.DataRequestQuery, answer=page_of(schemas.DataRequestView),
        summary="Requests of persons about their data 个人信息请求",
    )  # fmt: skip
    def data_requests(self, call: Call, query: dict[str, Any]) -> Any:
        return queries.data_requests(call, query)

    @post(
        "/node/data-requests/<id>/refusal", body=schemas.Refusal, answer=schemas.DataRequestView,
        summary="Refuse a request, with reasons 不予办理",
    )  # fmt: skip
    def refuse_data_request(self, call: Call, id: str, body: dict[str, Any]) -> Any:
        return persons.refuse(call, id, body["reasons"])

    @post(
        "/node/data-requests/<id>/closure", answer=schemas.DataRequestView,
        summary="Close a request, and forget who asked 办结",
    )  # fmt: skip
    def close_data_request(self, call: Call, id: str) -> Any:
        return persons.close(call, id)

    @put("/node/withdrawal", body=schemas.Withdrawal, answer=schemas.KnownNodeView,
        summary="Leave an area's records to the node above 撤回服务")  # fmt: skip
    def withdraw(self, call: Call, body: dict[str, Any]) -> Any:
        return commands.withdraw(call, body["services"])

    @raw("/api/<service>/<path:rest>", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
    def pass_on(self, request: Request, service: str, rest: str) -> Response:
        return proxy.pass_on(request, service)

    def elsewhere(self, request: Request, service: str) -> Response:
        return proxy.pass_on(request, service)


SERVICE = GatewayService
