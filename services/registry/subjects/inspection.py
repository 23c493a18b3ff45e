"""What is told of annual inspections."""

from __future__ import annotations

from services.registry.schemas.inspection import InspectionState
from shared.clocks.events import clock_events
from shared.errors import Text
from shared.events.types import Subject

INSPECTION = Subject("registry", "inspection", InspectionState, Text("annual inspection", "年检"))
OPENED = INSPECTION.event("opened", Text("opened", "启动"))
DRAFTED = INSPECTION.event("drafted", Text("drafted", "填报"))
SUBMITTED = INSPECTION.event("submitted", Text("submitted", "报送"))
OPINION_GIVEN = INSPECTION.event("opinion_given", Text("first opinion given", "初审"))
SENT_BACK = INSPECTION.event("sent_back", Text("sent back", "退回补正"))
CONCLUDED = INSPECTION.event("concluded", Text("concluded", "作出结论"))
RECTIFICATION_ORDERED = INSPECTION.event("rectification_ordered", Text("rectification ordered", "责令整改"))
RECTIFICATION_REPORTED = INSPECTION.event(
    "rectification_reported", Text("rectification reported", "报送整改")
)
RECTIFIED = INSPECTION.event("rectified", Text("rectified", "整改完成"))
MISSED = INSPECTION.event("missed", Text("missed", "逾期未报"))
LAPSED = INSPECTION.event("lapsed", Text("lapsed", "终止"))
CLOCK = clock_events(INSPECTION)
ALL = (
    OPENED, DRAFTED, SUBMITTED, OPINION_GIVEN, SENT_BACK, CONCLUDED, RECTIFICATION_ORDERED,
    RECTIFICATION_REPORTED, RECTIFIED, MISSED, LAPSED, CLOCK.near, CLOCK.passed, CLOCK.moved,
)  # fmt: skip
