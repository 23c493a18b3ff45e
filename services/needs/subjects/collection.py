"""What is told of needs."""

from __future__ import annotations

from services.needs.schemas.collection import NeedState
from shared.clocks.events import clock_events
from shared.errors import Text
from shared.events.types import Subject

NEED = Subject("needs", "need", NeedState, Text("need", "需求"))
COLLECTED = NEED.event("collected", Text("collected", "收集"))
ROUTED = NEED.event("routed", Text("routed", "转办"))
ANSWERED = NEED.event("answered", Text("answered", "答复"))
CALLED_BACK = NEED.event("called_back", Text("called back", "回访"))
REOPENED = NEED.event("reopened", Text("reopened", "退回重办"))
MERGED = NEED.event("merged", Text("merged", "归并"))
RELEASED = NEED.event("released", Text("released", "移出归并"))
CLOCK = clock_events(NEED)
ALL = (
    COLLECTED,
    ROUTED,
    ANSWERED,
    CALLED_BACK,
    REOPENED,
    MERGED,
    RELEASED,
    CLOCK.near,
    CLOCK.passed,
    CLOCK.moved,
)
