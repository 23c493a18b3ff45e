"""What a clock tells of its record."""

from __future__ import annotations

from typing import NamedTuple

from shared.errors import Text
from shared.events.types import EventType, Subject


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
