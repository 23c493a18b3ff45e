"""What is told of objections to topics."""

from __future__ import annotations

from services.needs.schemas.notices import TopicObjectionState
from shared.clocks.events import clock_events
from shared.errors import Text
from shared.events.types import Subject

TOPIC_OBJECTION = Subject(
    "needs", "topic_objection", TopicObjectionState, Text("objection to a topic", "立项异议")
)
FILED = TOPIC_OBJECTION.event("filed", Text("filed", "提出"))
SETTLED = TOPIC_OBJECTION.event("settled", Text("settled", "处理"))
CLOCK = clock_events(TOPIC_OBJECTION)
ALL = (FILED, SETTLED, CLOCK.near, CLOCK.passed, CLOCK.moved)
