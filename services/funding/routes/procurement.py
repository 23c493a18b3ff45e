"""Routes of suppliers' queries and complaints."""

from __future__ import annotations

from typing import Any

from services.funding.commands import procurement as commands
from services.funding.queries import procurement as queries
from services.funding.schemas import procurement as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class ProcurementRoutes:
    """质疑投诉"""

    @post(
        "/rounds/<id>/supplier-queries", body=schemas.NewSupplierQuery, answer=schemas.SupplierQueryView,
        status=201, summary="Query by a supplier who took part 质疑",
    )  # fmt: skip
    def raise_supplier_query(self, call: Call, id: str, body: Data) -> Any:
        return commands.raise_query(call, id, body)

    @get(
        "/supplier-queries", query=schemas.SupplierQueryQuery, answer=page_of(schemas.SupplierQueryView),
        summary="Suppliers' queries and complaints 质疑投诉",
    )  # fmt: skip
    def supplier_queries(self, call: Call, query: Data) -> Any:
        return queries.supplier_queries(call, query)

    @get(
        "/supplier-queries/<id>", answer=schemas.SupplierQueryView,
        summary="One supplier's query 质疑",
    )  # fmt: skip
    def supplier_query(self, call: Call, id: str) -> Any:
        return queries.supplier_query(call, id)

    @post(
        "/supplier-queries/<id>/reply", body=schemas.Reply, answer=schemas.SupplierQueryView,
        summary="The purchaser's reply 答复质疑",
    )  # fmt: skip
    def answer_supplier_query(self, call: Call, id: str, body: Data) -> Any:
        return commands.answer(call, id, body)

    @post(
        "/supplier-queries/<id>/complaint", body=schemas.Complaint, answer=schemas.SupplierQueryView,
        summary="Complain to the supervising department 投诉",
    )  # fmt: skip
    def complain(self, call: Call, id: str, body: Data) -> Any:
        return commands.complain(call, id, body["text"])

    @post(
        "/supplier-queries/<id>/suspension", body=schemas.Suspension, answer=schemas.SupplierQueryView,
        summary="Suspend the purchase 暂停采购活动",
    )  # fmt: skip
    def suspend_purchase(self, call: Call, id: str, body: Data) -> Any:
        return commands.suspend(call, id, body["days"])

    @post(
        "/supplier-queries/<id>/decision", body=schemas.ComplaintDecision, answer=schemas.SupplierQueryView,
        summary="Decide on a complaint 投诉处理决定",
    )  # fmt: skip
    def decide_complaint(self, call: Call, id: str, body: Data) -> Any:
        return commands.decide(call, id, body)
