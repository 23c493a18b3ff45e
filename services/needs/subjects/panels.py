"""What is told of appraisal panels."""

from __future__ import annotations

from services.needs.schemas.panels import PanelState
from shared.errors import Text
from shared.events.types import Subject

PANEL = Subject("needs", "panel", PanelState, Text("appraisal panel", "论证会"))
CONVENED = PANEL.event("convened", Text("convened", "召集"))
VOTED = PANEL.event("voted", Text("a member voted", "表决"), audience="node")
CONCLUDED = PANEL.event("concluded", Text("concluded", "作出结论"))
ALL = (CONVENED, VOTED, CONCLUDED)
