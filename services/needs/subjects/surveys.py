"""What is told of surveys and their answers."""

from __future__ import annotations

from services.needs.schemas.surveys import SurveyAnswerState, SurveyState
from shared.errors import Text
from shared.events.types import Subject

# Public, so that it descends to the nodes whose residents answer it.
SURVEY = Subject("needs", "survey", SurveyState, Text("survey", "问卷"), audience="public")
OPENED = SURVEY.event("opened", Text("opened", "发布"))
CLOSED = SURVEY.event("closed", Text("closed", "结束"))

SURVEY_ANSWER = Subject("needs", "survey_answer", SurveyAnswerState, Text("filled-in survey", "答卷"))
HANDED_IN = SURVEY_ANSWER.event("handed_in", Text("handed in", "提交"))
ALL = (OPENED, CLOSED, HANDED_IN)
