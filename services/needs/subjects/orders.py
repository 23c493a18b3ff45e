"""What is told of orders."""

from __future__ import annotations

from services.needs.schemas.orders import OrderState
from shared.errors import Text
from shared.events.types import Subject

ORDER = Subject("needs", "order", OrderState, Text("order", "订单"))
PLACED = ORDER.event("placed", Text("placed", "点菜"))
DECIDED = ORDER.event("decided", Text("decided", "定菜"))
REFUSED = ORDER.event("refused", Text("refused", "不予安排"))
APPOINTED = ORDER.event("appointed", Text("appointed", "改约"))
DELIVERED = ORDER.event("delivered", Text("delivered", "做菜"))
CONFIRMED = ORDER.event("confirmed", Text("confirmed", "确认"))
DENIED = ORDER.event("denied", Text("denied", "未获确认"))
CANCELLED = ORDER.event("cancelled", Text("cancelled", "取消"))
CALLED_BACK = ORDER.event("called_back", Text("called back", "回访"))
ALL = (PLACED, DECIDED, REFUSED, APPOINTED, DELIVERED, CONFIRMED, DENIED, CANCELLED, CALLED_BACK)
