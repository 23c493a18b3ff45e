"""What is told of call lists."""

from __future__ import annotations

from services.needs.schemas.calls import CallListState
from shared.errors import Text
from shared.events.types import Subject

CALL_LIST = Subject("needs", "call_list", CallListState, Text("call list", "回访名单"))
DRAWN = CALL_LIST.event("drawn", Text("drawn", "抽取"))
OPENED = CALL_LIST.event("opened", Text("looked at", "查看"), audience="node")
CALLED = CALL_LIST.event("called", Text("a call was made", "回访"), audience="node")
CLOSED = CALL_LIST.event("closed", Text("closed", "结束"))
ALL = (DRAWN, OPENED, CALLED, CLOSED)
