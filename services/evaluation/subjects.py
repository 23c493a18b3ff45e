"""The subjects of evaluation and the events that tell of them."""

from __future__ import annotations

from services.evaluation import schemas
from shared.errors import Text
from shared.events.types import Subject

PHASE_EVALUATION = Subject(
    "evaluation", "phase_evaluation", schemas.PhaseEvaluationState, Text("phase evaluation", "阶段评估")
)
CONCLUDED = PHASE_EVALUATION.event("concluded", Text("concluded", "完成"))

GRADE = Subject("evaluation", "grade", schemas.GradeState, Text("grade", "等级"))
AWARDED = GRADE.event("awarded", Text("awarded", "授予"))
LOWERED = GRADE.event("lowered", Text("lowered", "降低"))

ALL = (CONCLUDED, AWARDED, LOWERED)
