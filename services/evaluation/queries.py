"""What can be asked of evaluation: records owned here and copies of those owned by other nodes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.evaluation import domain
from services.evaluation.documents import Grade, PhaseEvaluation
from shared import clock
from shared.call import Call
from shared.store.queries import below, get, page, page_for

_phase_evaluation = get(PhaseEvaluation)
grade = get(Grade)


def phase_evaluation(call: Call, identifier: str) -> PhaseEvaluation:
    """One phase evaluation, to staff and evaluators of its area and to the organisation's own officers.
    Raises NotFound, Forbidden."""
    found = _phase_evaluation(identifier)
    call.authorise(found.area, found.organisation)
    return found


def phase_evaluations(call: Call, query: dict[str, Any]) -> Any:
    """A list for staff and evaluators of the area. Raises Forbidden to others."""
    return page_for(call, PhaseEvaluation, query, "project", "organisation", "phase", "outcome")


def grades(query: dict[str, Any]) -> Any:
    return page(Grade, query, "organisation", "grade")


def figures(area: str, year: int | None) -> dict[str, int]:
    """Counts of an area and below; a phase that was evaluated again counts by its last outcome."""
    evaluations, graded = below(PhaseEvaluation, area), below(Grade, area)
    if year is not None:
        first, end = (datetime(y, 1, 1, tzinfo=clock.CHINA) for y in (year, year + 1))
        evaluations = evaluations.filter(concluded_at__gte=first, concluded_at__lt=end)
        graded = graded.filter(announced_on__gte=date(year, 1, 1), announced_on__lte=date(year, 12, 31))
    outcomes: dict[tuple[str, str], str] = {}
    for found in sorted(evaluations.only("project", "phase", "attempt", "outcome"), key=lambda e: e.attempt):
        outcomes[found.project, found.phase] = found.outcome
    last, held = list(outcomes.values()), [g.grade for g in graded.only("grade")]
    return {
        "phase_evaluations": evaluations.count(),
        "passed": last.count("pass"),
        "rectifying": last.count("rectify"),
        "failed": last.count("fail"),
        "grades": len(held),
        "grades_3a_or_better": sum(domain.at_least(g, "3A") for g in held),
    }
