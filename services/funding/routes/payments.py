"""Routes of payments through the bank."""

from __future__ import annotations

from typing import Any

from services.funding.commands import batches, payments
from services.funding.queries import payments as queries
from services.funding.schemas import payments as schemas
from services.funding.schemas.common import Reasons
from shared.call import Call
from shared.http import Upload, accepts, file_of, get, page_of, post
from shared.http.files import CSV, MIB, XLSX

Data = dict[str, Any]


class PaymentRoutes:
    """支付"""

    @post(
        "/payees", body=schemas.NewPayee, answer=schemas.PayeeView, status=201,
        summary="Enter an organisation's account, or another one 登记收款账户",
    )  # fmt: skip
    def enter_payee(self, call: Call, body: Data) -> Any:
        return payments.enter_payee(call, body)

    @get(
        "/payees", query=schemas.PayeeQuery, answer=page_of(schemas.PayeeView),
        summary="Accounts that an area pays to 收款账户",
    )  # fmt: skip
    def payees(self, call: Call, query: Data) -> Any:
        return queries.payees(call, query)

    @get(
        "/payment-orders", query=schemas.OrderQuery, answer=page_of(schemas.OrderView),
        summary="Payment orders 付款单",
    )  # fmt: skip
    def payment_orders(self, call: Call, query: Data) -> Any:
        return queries.orders(call, query)

    @get("/payment-orders/<id>", answer=schemas.OrderView, summary="One payment order 付款单")
    def payment_order(self, call: Call, id: str) -> Any:
        return queries.order(call, id)

    @post(
        "/payment-orders/<id>/renewal", answer=schemas.OrderView,
        summary="Order a returned payment again 重新申请付款",
    )  # fmt: skip
    def renew_order(self, call: Call, id: str) -> Any:
        return payments.renew_order(call, id)

    @post(
        "/payment-orders/<id>/cancellation", body=Reasons, answer=schemas.OrderView,
        summary="Take an order back that is in no batch 撤销付款单",
    )  # fmt: skip
    def cancel_order(self, call: Call, id: str, body: Data) -> Any:
        return payments.cancel_order(call, id, body["reasons"])

    @post(
        "/payment-batches", body=schemas.NewBatch, answer=schemas.BatchView, status=201,
        summary="Gather orders for the bank 制作付款批次",
    )  # fmt: skip
    def prepare_batch(self, call: Call, body: Data) -> Any:
        return batches.prepare_batch(call, body["area"], body["orders"])

    @get(
        "/payment-batches", query=schemas.BatchQuery, answer=page_of(schemas.BatchView),
        summary="Payment batches 付款批次",
    )  # fmt: skip
    def payment_batches(self, call: Call, query: Data) -> Any:
        return queries.batches(call, query)

    @get("/payment-batches/<id>", answer=schemas.BatchView, summary="One payment batch 付款批次")
    def payment_batch(self, call: Call, id: str) -> Any:
        return queries.batch(call, id)

    @post(
        "/payment-batches/<id>/approval", answer=schemas.BatchView,
        summary="Approve, as a second person 复核",
    )  # fmt: skip
    def approve_batch(self, call: Call, id: str) -> Any:
        return batches.approve_batch(call, id)

    @post(
        "/payment-batches/<id>/dissolution", body=Reasons, answer=schemas.BatchView,
        summary="Send a batch back that was not exported 退回批次",
    )  # fmt: skip
    def dissolve_batch(self, call: Call, id: str, body: Data) -> Any:
        return batches.dissolve_batch(call, id, body["reasons"])

    @post(
        "/payment-batches/<id>/export", body=schemas.Export, answer=schemas.BatchView,
        summary="Make the file for the bank 导出付款文件",
    )  # fmt: skip
    def export_batch(self, call: Call, id: str, body: Data) -> Any:
        return batches.export_batch(call, id, body["format"])

    @get(
        "/payment-batches/<id>/file", answer=file_of(XLSX, CSV),
        summary="The file for the bank 付款文件",
    )  # fmt: skip
    def batch_file(self, call: Call, id: str) -> Any:
        return queries.file(call, id)

    @post(
        "/payment-batches/<id>/answers", file=accepts(XLSX, CSV, largest=MIB), answer=schemas.BatchView,
        summary="Set the bank's answer against a batch 银行回盘",
    )  # fmt: skip
    def receive_answer(self, call: Call, id: str, file: Upload) -> Any:
        return batches.receive_answer(call, id, file)
