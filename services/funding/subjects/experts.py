"""What is told of experts. It stays within the node, and names no person."""

from __future__ import annotations

from services.funding.schemas.experts import ExpertState
from shared.errors import Text
from shared.events.types import Subject

EXPERT = Subject("funding", "expert", ExpertState, Text("expert", "评审专家"), audience="node")
ENTERED = EXPERT.event("entered", Text("entered", "入库"))
TIE_DECLARED = EXPERT.event("tie_declared", Text("tie declared", "申报利害关系"))
RETIRED = EXPERT.event("retired", Text("retired", "出库"))
ALL = (ENTERED, TIE_DECLARED, RETIRED)
