"""What is told of days that areas work differently."""

from __future__ import annotations

from services.registry.schemas.clocks import CalendarDayState
from shared.errors import Text
from shared.events.types import Subject

CALENDAR_DAY = Subject(
    "registry", "calendar_day", CalendarDayState, Text("calendar day", "工作日调整"), audience="public"
)
CALENDAR_DAY_SET = CALENDAR_DAY.event("set", Text("set", "设定"))

ALL = (CALENDAR_DAY_SET,)
