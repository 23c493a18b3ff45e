"""Routes of the menu 菜单."""

from __future__ import annotations

from typing import Any

from services.needs.commands import menu as commands
from services.needs.queries import menu as queries
from services.needs.schemas import menu as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class MenuRoutes:
    """菜单"""

    @post(
        "/menu", body=schemas.NewServiceItem, answer=schemas.ServiceItemView, status=201,
        summary="Put a service on the menu 列入菜单",
    )  # fmt: skip
    def list_service_item(self, call: Call, body: Data) -> Any:
        return commands.list_item(call, body)

    @get(
        "/menu", query=schemas.MenuQuery, answer=page_of(schemas.ServiceItemView),
        summary="The menu 菜单",
    )  # fmt: skip
    def menu(self, call: Call, query: Data) -> Any:
        return queries.menu(query)

    @get("/menu/<id>", answer=schemas.ServiceItemView, summary="One item of the menu 服务项目")
    def service_item(self, call: Call, id: str) -> Any:
        return queries.service_item(id)

    @post(
        "/menu/<id>/offer", body=schemas.OfferingOrganisations, answer=schemas.ServiceItemView,
        summary="Say who offers it 设定服务组织",
    )  # fmt: skip
    def offer_service_item(self, call: Call, id: str, body: Data) -> Any:
        return commands.offer_item(call, id, body["organisations"])

    @post(
        "/menu/<id>/end", body=schemas.EndOfItem, answer=schemas.ServiceItemView,
        summary="Take it off the menu 终止服务项目",
    )  # fmt: skip
    def end_service_item(self, call: Call, id: str, body: Data) -> Any:
        return commands.end_item(call, id, body["valid_to"], body["reasons"])
