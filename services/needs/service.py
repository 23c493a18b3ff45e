"""The entrypoints of needs."""

from __future__ import annotations

from typing import Any, ClassVar

from services.needs import commands, documents, events, queries, schemas
from shared.call import Call
from shared.http import get, page_of, post
from shared.owning import OwningService

Data = dict[str, Any]


class NeedsService(OwningService):
    """需求"""

    name = "needs"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

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

    @get(
        "/needs/similar", query=schemas.SimilarQuery, answer=page_of(schemas.SimilarNeed),
        summary="Needs that may be merged 相似需求",
    )  # fmt: skip
    def similar(self, call: Call, query: Data) -> Any:
        return queries.similar(call, query)

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
        "/library", body=schemas.NewItem, answer=schemas.ItemView, status=201,
        summary="Merge needs into an item of the library 合并同类项",
    )  # fmt: skip
    def consolidate(self, call: Call, body: Data) -> Any:
        return commands.consolidate(call, body)

    @get(
        "/library", query=schemas.ItemQuery, answer=page_of(schemas.ItemView),
        summary="The need library 需求库",
    )  # fmt: skip
    def library(self, call: Call, query: Data) -> Any:
        return queries.library(query)

    @get("/library/<id>", answer=schemas.ItemView, summary="One item of the library 需求库项目")
    def item(self, call: Call, id: str) -> Any:
        return queries.item(id)

    @post(
        "/library/<id>/appraisal", body=schemas.Appraisal, answer=schemas.ItemView,
        summary="Choose or set aside 论证",
    )  # fmt: skip
    def appraise(self, call: Call, id: str, body: Data) -> Any:
        return commands.appraise(call, id, body)

    @post(
        "/deliveries", body=schemas.NewDelivery, answer=schemas.DeliveryView, status=201,
        summary="Record what was delivered 登记服务",
    )  # fmt: skip
    def record_delivery(self, call: Call, body: Data) -> Any:
        return commands.record_delivery(call, body)

    @get(
        "/deliveries", query=schemas.DeliveryQuery, answer=page_of(schemas.DeliveryView),
        summary="Records of service 服务记录",
    )  # fmt: skip
    def deliveries(self, call: Call, query: Data) -> Any:
        return queries.deliveries(call, query)

    @get("/deliveries/<id>", answer=schemas.DeliveryView, summary="One record 服务记录")
    def delivery(self, call: Call, id: str) -> Any:
        return queries.delivery(call, id)

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query["area"], query["year"])


SERVICE = NeedsService
