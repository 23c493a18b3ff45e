"""What is told of deadlines: of the records that they belong to, and of days that areas work differently."""

from __future__ import annotations

from typing import NamedTuple

from services.registry.schemas.clocks import CalendarDayState
from shared.errors import Text
from shared.events.types import EventType, Subject

CALENDAR_DAY = Subject(
    "registry", "calendar_day", CalendarDayState, Text("calendar day", "工作日调整"), audience="public"
)
CALENDAR_DAY_SET = CALENDAR_DAY.event("set", Text("set", "设定"))

ALL = (CALENDAR_DAY_SET,)


class ClockEvents(NamedTuple):
    """What a clock tells of its record."""

    near: EventType
    passed: EventType
    moved: EventType
    lapsed: EventType


def clock_events(subject: Subject) -> ClockEvents:
    return ClockEvents(
        subject.event("deadline_near", Text("deadline near", "即将到期")),
        subject.event("deadline_passed", Text("deadline passed", "已逾期")),
        subject.event("deadline_moved", Text("deadline moved", "期限变动")),
        subject.event("deemed_accepted", Text("deemed accepted", "视为受理")),
    )
