"""What is told of schemes."""

from __future__ import annotations

from services.funding.schemas.schemes import SchemeState
from shared.errors import Text
from shared.events.types import Subject

SCHEME = Subject("funding", "scheme", SchemeState, Text("scheme of rounds", "轮次方案"), audience="public")
PUBLISHED = SCHEME.event("published", Text("version published", "发布版本"))
RETIRED = SCHEME.event("retired", Text("retired", "停用"))

ALL = (PUBLISHED, RETIRED)
