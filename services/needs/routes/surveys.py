"""Routes of surveys."""

from __future__ import annotations

from typing import Any

from services.needs.commands import surveys as commands
from services.needs.queries import surveys as queries
from services.needs.schemas import surveys as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class SurveyRoutes:
    """Surveys 问卷."""

    @post(
        "/surveys", body=schemas.NewSurvey, answer=schemas.SurveyView, status=201,
        summary="Open a survey 发布问卷",
    )  # fmt: skip
    def open_survey(self, call: Call, body: Data) -> Any:
        return commands.open_survey(call, body)

    @get(
        "/surveys", query=schemas.SurveyQuery, answer=page_of(schemas.SurveyView), summary="Surveys 问卷列表"
    )
    def surveys(self, call: Call, query: Data) -> Any:
        return queries.surveys(query)

    @get("/surveys/<id>", answer=schemas.SurveyView, summary="One survey 问卷")
    def survey(self, call: Call, id: str) -> Any:
        return queries.survey(id)

    @post("/surveys/<id>/closing", answer=schemas.SurveyView, summary="End a survey 结束问卷")
    def close_survey(self, call: Call, id: str) -> Any:
        return commands.close_survey(call, id)

    @post(
        "/surveys/<id>/answers", body=schemas.NewSurveyAnswer, answer=schemas.SurveyAnswerView, status=201,
        summary="Hand in a filled-in survey 提交答卷",
    )  # fmt: skip
    def hand_in(self, call: Call, id: str, body: Data) -> Any:
        return commands.hand_in(call, id, body)

    @get("/surveys/<id>/results", answer=schemas.SurveyResults, summary="Results 问卷结果")
    def survey_results(self, call: Call, id: str) -> Any:
        return queries.results(id)
