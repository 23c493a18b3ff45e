"""What is told of projects."""

from __future__ import annotations

from services.funding.schemas.projects import ProjectState
from shared.errors import Text
from shared.events.types import Subject

PROJECT = Subject("funding", "project", ProjectState, Text("project", "项目"))
CONTRACTED = PROJECT.event("contracted", Text("contracted", "签约"))
TRANCHE_PAID = PROJECT.event("tranche_paid", Text("tranche paid", "拨付"))
TRANCHE_HELD = PROJECT.event("tranche_held", Text("tranche held", "暂缓拨付"))
PASSED = PROJECT.event("final_passed", Text("passed its final evaluation", "通过末期评估"))
COMPLETED = PROJECT.event("completed", Text("completed", "结项"))
STOPPED = PROJECT.event("stopped", Text("stopped", "终止"))
ALL = (CONTRACTED, TRANCHE_PAID, TRANCHE_HELD, PASSED, COMPLETED, STOPPED)
