"""What can be asked of surveys."""

from __future__ import annotations

from typing import Any

from services.needs.documents import Survey, SurveyAnswer
from services.needs.domain import surveys as rules
from shared.store.queries import get, page

survey = get(Survey)


def surveys(query: dict[str, Any]) -> Any:
    return page(Survey, query, "status")


def results(identifier: str) -> dict[str, Any]:
    """What the answers that are known here come to: at the survey's own node, all of them."""
    found = survey(identifier)
    given = list(SurveyAnswer.objects(survey=identifier).only("counted", "needs"))
    told = rules.results(found.questions, (one.counted for one in given))
    return {
        "survey": found.id,
        "answers": len(given),
        "needs": sum(len(one.needs) for one in given),
        "questions": [one._asdict() for one in told],
    }
