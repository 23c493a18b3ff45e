"""Evaluation's entrypoints."""

from __future__ import annotations

from typing import Any, ClassVar

from services.evaluation import commands, documents, events, queries, schemas
from shared.call import Call
from shared.http import get, page_of, post
from shared.owning import OwningService

Data = dict[str, Any]


class EvaluationService(OwningService):
    """评估"""

    name = "evaluation"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    @post(
        "/phase-evaluations", body=schemas.NewPhaseEvaluation, answer=schemas.PhaseEvaluationView,
        status=201, summary="Record a phase evaluation of a project 项目阶段评估",
    )  # fmt: skip
    def conclude_phase(self, call: Call, body: Data) -> Any:
        return commands.conclude_phase(call, body)

    @get(
        "/phase-evaluations", query=schemas.PhaseEvaluationQuery,
        answer=page_of(schemas.PhaseEvaluationView), summary="Phase evaluations 阶段评估",
    )  # fmt: skip
    def phase_evaluations(self, call: Call, query: Data) -> Any:
        return queries.phase_evaluations(call, query)

    @get(
        "/phase-evaluations/<id>", answer=schemas.PhaseEvaluationView,
        summary="One phase evaluation 阶段评估",
    )  # fmt: skip
    def phase_evaluation(self, call: Call, id: str) -> Any:
        return queries.phase_evaluation(call, id)

    @post(
        "/grades", body=schemas.NewGrade, answer=schemas.GradeView, status=201,
        summary="Record a grade 等级评估结果",
    )  # fmt: skip
    def award_grade(self, call: Call, body: Data) -> Any:
        return commands.award_grade(call, body)

    @get(
        "/grades", query=schemas.GradeQuery, answer=page_of(schemas.GradeView),
        summary="Grades of organisations 社会组织等级",
    )  # fmt: skip
    def grades(self, call: Call, query: Data) -> Any:
        return queries.grades(query)

    @get("/grades/<id>", answer=schemas.GradeView, summary="One grade 等级")
    def grade(self, call: Call, id: str) -> Any:
        return queries.grade(id)

    @post(
        "/grades/<id>/lowering", body=schemas.Lowering, answer=schemas.GradeView,
        summary="Lower a grade 降低等级",
    )  # fmt: skip
    def lower_grade(self, call: Call, id: str, body: Data) -> Any:
        return commands.lower_grade(call, id, body["grade"], body["reasons"])

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query["area"], query["year"])


SERVICE = EvaluationService
