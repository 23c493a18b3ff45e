"""What is told of the items of the need library."""

from __future__ import annotations

from services.needs.schemas.library import ItemState
from shared.errors import Text
from shared.events.types import Subject

# Public, so that it descends to the nodes that own the sources.
ITEM = Subject("needs", "library_item", ItemState, Text("library item", "需求库项目"), audience="public")
CONSOLIDATED = ITEM.event("consolidated", Text("consolidated", "归集"))
NOTICED = ITEM.event("noticed", Text("on public notice", "立项公示"))
RETURNED = ITEM.event("returned", Text("returned to the library", "退回需求库"))
CHOSEN = ITEM.event("chosen", Text("chosen", "立项"))
SET_ASIDE = ITEM.event("set_aside", Text("set aside", "不予立项"))
DIVIDED = ITEM.event("divided", Text("divided", "拆分"))
DISSOLVED = ITEM.event("dissolved", Text("dissolved", "撤并"))
ALL = (CONSOLIDATED, NOTICED, RETURNED, CHOSEN, SET_ASIDE, DIVIDED, DISSOLVED)
