"""What is told of runs."""

from __future__ import annotations

from services.registry.schemas.runs import RunState
from shared.errors import Text
from shared.events.types import Subject

RUN = Subject("registry", "inspection_run", RunState, Text("run", "批量办理"), audience="node")
STARTED = RUN.event("started", Text("started", "开始"))
PROGRESSED = RUN.event("progressed", Text("progressed", "进行"))
FINISHED = RUN.event("finished", Text("finished", "完成"))
STOPPED = RUN.event("stopped", Text("stopped", "中止"))
ALL = (STARTED, PROGRESSED, FINISHED, STOPPED)
