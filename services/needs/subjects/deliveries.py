"""What is told of records of service."""

from __future__ import annotations

from services.needs.schemas.deliveries import DeliveryState
from shared.errors import Text
from shared.events.types import Subject

DELIVERY = Subject("needs", "delivery", DeliveryState, Text("record of service", "服务记录"))
RECORDED = DELIVERY.event("recorded", Text("recorded", "登记"))
ALL = (RECORDED,)
