"""What is told of the menu."""

from __future__ import annotations

from services.needs.schemas.menu import ServiceItemState
from shared.errors import Text
from shared.events.types import Subject

SERVICE_ITEM = Subject(
    "needs", "service_item", ServiceItemState, Text("service item", "服务项目"), audience="public"
)
LISTED = SERVICE_ITEM.event("listed", Text("listed", "列入菜单"))
OFFERED = SERVICE_ITEM.event("offered", Text("offered", "服务组织变更"))
ENDED = SERVICE_ITEM.event("ended", Text("ended", "终止"))
ALL = (LISTED, OFFERED, ENDED)
