"""What is told of organisations to everybody."""

from __future__ import annotations

from services.registry.schemas.summaries import SummaryState
from shared.errors import Text
from shared.events.types import Subject

SUMMARY = Subject("registry", "summary", SummaryState, Text("public summary", "公开信息"), audience="public")
SUMMARY_ANNOUNCED = SUMMARY.event("announced", Text("announced", "公布"))

ALL = (SUMMARY_ANNOUNCED,)
