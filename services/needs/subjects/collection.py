"""What is told of needs."""

from __future__ import annotations

from services.needs.schemas.collection import NeedState
from shared.errors import Text
from shared.events.types import Subject

NEED = Subject("needs", "need", NeedState, Text("need", "需求"))
COLLECTED = NEED.event("collected", Text("collected", "收集"))
ANSWERED = NEED.event("answered", Text("answered", "答复"))
MERGED = NEED.event("merged", Text("merged", "归并"))
ALL = (COLLECTED, ANSWERED, MERGED)
