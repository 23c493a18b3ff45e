"""The subjects of needs and the events that tell of them."""

from __future__ import annotations

from services.needs import schemas
from shared.errors import Text
from shared.events.types import Subject

NEED = Subject("needs", "need", schemas.NeedState, Text("need", "需求"))
COLLECTED = NEED.event("collected", Text("collected", "收集"))
ANSWERED = NEED.event("answered", Text("answered", "答复"))
MERGED = NEED.event("merged", Text("merged", "归并"))

# Public, so that it descends to the nodes that own the sources.
ITEM = Subject(
    "needs", "library_item", schemas.ItemState, Text("library item", "需求库项目"), audience="public"
)
CONSOLIDATED = ITEM.event("consolidated", Text("consolidated", "归集"))
CHOSEN = ITEM.event("chosen", Text("chosen", "立项"))
SET_ASIDE = ITEM.event("set_aside", Text("set aside", "不予立项"))

DELIVERY = Subject("needs", "delivery", schemas.DeliveryState, Text("record of service", "服务记录"))
RECORDED = DELIVERY.event("recorded", Text("recorded", "登记"))

ALL = (COLLECTED, ANSWERED, MERGED, CONSOLIDATED, CHOSEN, SET_ASIDE, RECORDED)
