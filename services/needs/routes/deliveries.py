"""Records of service 服务记录."""

from __future__ import annotations

from typing import Any

from services.needs.commands import deliveries as commands
from services.needs.queries import deliveries as queries
from services.needs.schemas import deliveries as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class DeliveryRoutes:
    """Records of service 服务记录."""

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
