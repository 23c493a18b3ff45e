"""Routes of orders 订单."""

from __future__ import annotations

from typing import Any

from services.needs.commands import orders as commands
from services.needs.queries import orders as queries
from services.needs.schemas import orders as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class OrderRoutes:
    """订单"""

    @post(
        "/orders", body=schemas.NewOrder, answer=schemas.OrderView, status=201,
        summary="Order a service 点菜",
    )  # fmt: skip
    def place_order(self, call: Call, body: Data) -> Any:
        return commands.place_order(call, body)

    @get("/orders", query=schemas.OrderQuery, answer=page_of(schemas.OrderView), summary="Orders 订单列表")
    def orders(self, call: Call, query: Data) -> Any:
        return queries.orders(call, query)

    @get(
        "/orders/figures", query=schemas.OrderFiguresQuery, answer=schemas.OrderFigures,
        summary="Counts of orders 订单统计",
    )  # fmt: skip
    def order_figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query["area"])

    @get("/orders/<id>", answer=schemas.OrderView, summary="One order 订单")
    def order(self, call: Call, id: str) -> Any:
        return queries.order(call, id)

    @get(
        "/orders/<id>/contact",
        answer=schemas.OrderContact,
        summary="To whom it is delivered 服务对象联系方式",
    )
    def order_contact(self, call: Call, id: str) -> Any:
        return queries.contact(call, id)

    @post(
        "/orders/<id>/decision", body=schemas.OrderDecision, answer=schemas.OrderView,
        summary="Decide on an order 定菜",
    )  # fmt: skip
    def decide_order(self, call: Call, id: str, body: Data) -> Any:
        return commands.decide_order(call, id, body)

    @post(
        "/orders/<id>/appointment", body=schemas.Appointment, answer=schemas.OrderView,
        summary="Agree on another time 改约",
    )  # fmt: skip
    def appoint_order(self, call: Call, id: str, body: Data) -> Any:
        return commands.appoint_order(call, id, body)

    @post(
        "/orders/<id>/delivery", body=schemas.OrderDelivery, answer=schemas.OrderView,
        summary="Record the delivery of an order 做菜",
    )  # fmt: skip
    def deliver_order(self, call: Call, id: str, body: Data) -> Any:
        return commands.deliver_order(call, id, body["delivered_at"])

    @post(
        "/orders/<id>/confirmation", body=schemas.Confirmation, answer=schemas.OrderView,
        summary="Confirm or deny a delivery 确认服务",
    )  # fmt: skip
    def confirm_order(self, call: Call, id: str, body: Data) -> Any:
        return commands.confirm_order(call, id, body)

    @post(
        "/orders/<id>/cancellation", body=schemas.Cancellation, answer=schemas.OrderView,
        summary="Cancel an order 取消订单",
    )  # fmt: skip
    def cancel_order(self, call: Call, id: str, body: Data) -> Any:
        return commands.cancel_order(call, id, body["reasons"])

    @post(
        "/orders/<id>/call-backs", body=schemas.OrderCallBack, answer=schemas.OrderView,
        summary="Record a satisfaction call-back 满意度回访",
    )  # fmt: skip
    def call_back_order(self, call: Call, id: str, body: Data) -> Any:
        return commands.call_back(call, id, body)
