"""What can be done with surveys: opened, answered, closed."""

from __future__ import annotations

from typing import Any

from services.needs.commands.days import today
from services.needs.documents import Need, Survey, SurveyAnswer
from services.needs.domain import surveys as rules
from services.needs.subjects import surveys as subjects
from services.needs.subjects.collection import COLLECTED
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.lifecycle import advance
from shared.store import command, find, load, new, save, save_all

Data = dict[str, Any]

SURVEY = Text("Survey", "问卷")
IN_PERSON = frozenset({"resident", "volunteer"})  # roles of those who answer for themselves


@command
def open_survey(call: Call, body: Data) -> Survey:
    """Open a survey at once, until its last day. Raises Refused for questions that cannot be asked."""
    survey = new(call, Survey, opens_on=today(call), **body)
    rules.check_questions(body["questions"])
    rules.check_closing(body["closes_on"], today(call))
    return save(call, survey, subjects.OPENED)


@command
def close_survey(call: Call, survey_id: str) -> Survey:
    """End a survey before its last day."""
    survey = load(call, Survey, survey_id)
    survey.status = advance(rules.SurveyLife, survey.status, "close")
    return save(call, survey, subjects.CLOSED)


@command
def hand_in(call: Call, survey_id: str, body: Data) -> SurveyAnswer:
    """Hand in a filled-in survey, with the needs that its answers say, in one write.

    Staff fill in for whom they visit; residents answer once, for themselves: Conflict for a second time. Raises
    Refused for answers that the questions do not admit, NotYetKnown for a survey that is not known here.
    """
    answer = new(call, SurveyAnswer, area=body["area"], survey=survey_id, answered_on=today(call))
    survey = find(Survey, survey_id)
    if survey is None:
        raise NotYetKnown(SURVEY, survey_id, "survey")
    rules.check_open(survey.status, survey.closes_on, today(call))
    rules.check_answers(survey.questions, body["answers"])
    answer.counted, answer.words = rules.parted(survey.questions, body["answers"])
    answer.generated = body["generated"]
    if IN_PERSON.issuperset(grant.role for grant in call.actor.grants):
        answer.respondent = call.actor.subject
    needs = _needs(call, survey, answer, body)
    answer.needs = [need.id for need in needs]
    save_all(call, (answer, subjects.HANDED_IN), *((need, COLLECTED) for need in needs))
    return answer


def _needs(call: Call, survey: Survey, answer: SurveyAnswer, body: Data) -> list[Need]:
    given = {"contact": body["contact"], "generated": body["generated"], "received_on": answer.answered_on}
    wishes = rules.wishes(survey.questions, body["answers"])
    return [
        new(
            call, Need, area=answer.area, beside=answer, label=f"need {number}", source="survey",
            survey=survey.id, **given, **wish._asdict(),
        )
        for number, wish in enumerate(wishes)
    ]  # fmt: skip
