"""What is told of matters."""

from __future__ import annotations

from services.registry.schemas.matters import MatterState
from shared.clocks.events import clock_events
from shared.errors import Text
from shared.events.types import Subject

MATTER = Subject("registry", "matter", MatterState, Text("matter", "办件"))
APPLIED = MATTER.event("applied", Text("applied", "申请"))
CORRECTION_ASKED = MATTER.event("correction_asked", Text("correction asked", "要求补正"))
RESUBMITTED = MATTER.event("resubmitted", Text("resubmitted", "补正后重新提交"))
ACCEPTED = MATTER.event("accepted", Text("accepted", "受理"))
APPROVED = MATTER.event("approved", Text("approved", "准予"))
REFUSED = MATTER.event("refused", Text("refused", "不予"))
WITHDRAWN = MATTER.event("withdrawn", Text("withdrawn", "撤回"))
CLOCK = clock_events(MATTER)
ALL = (APPLIED, CORRECTION_ASKED, RESUBMITTED, ACCEPTED, APPROVED, REFUSED, WITHDRAWN, *CLOCK)
