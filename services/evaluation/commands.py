"""What can be done in evaluation."""

from __future__ import annotations

from typing import Any

from services.evaluation import domain, subjects
from services.evaluation.documents import Grade, KnownOrganisation, KnownProject, PhaseEvaluation
from shared import areas
from shared.acting import check_acting
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def conclude_phase(call: Call, body: Data) -> PhaseEvaluation:
    """Record the result of a phase evaluation, at the node that pays the project.

    Raises NotYetKnown for a project not known here, Conflict for a phase that was evaluated already.
    """
    project = KnownProject.objects(id=body["project"]).first()
    if project is None:
        raise NotYetKnown(Text("Project", "项目"), body["project"], "project")
    seat = project.seat or project.owner
    evaluation = new(call, PhaseEvaluation, area=project.area, at=project.owner, seat=seat, **body)
    call.authorise(project.owner)  # who vouches for the organisation's area only does not release its money
    evaluation.organisation = project.organisation
    evaluation.concluded_at = call.now
    domain.check_evaluator(call.actor.organisation, (project.organisation, project.host))
    domain.check_project(project.status)
    domain.check_findings(body["outcome"], body["findings"])
    last = PhaseEvaluation.objects(project=project.id, phase=body["phase"]).order_by("-attempt").first()
    # Two at the same time get the same number: the unique index lets one of them in.
    evaluation.attempt = domain.next_attempt(body["phase"], (last.attempt, last.outcome) if last else None)
    return save(call, evaluation, subjects.CONCLUDED)


@command
def award_grade(call: Call, body: Data) -> Grade:
    """Record a grade that was announced; the district does. Raises NotYetKnown, Refused, Conflict where the
    organisation is not approved yet."""
    organisation = KnownOrganisation.objects(id=body["organisation"]).first()
    if organisation is None:
        raise NotYetKnown(Text("Organisation", "社会组织"), body["organisation"], "organisation")
    district = areas.path(organisation.area)[0]
    holds = domain.validity(body["announced_on"], district)
    given = {name: value for name, value in body.items() if name != "organisation"}
    grade = new(
        call,
        Grade,
        area=organisation.area,
        at=district,
        valid_from=holds.first,
        valid_until=holds.last,
        **given,
    )
    call.authorise(district)  # not just at the organisation's own area
    grade.organisation = organisation.id
    domain.check_registered(organisation.track)
    check_acting(organisation.status, organisation.name)
    domain.check_announced(body["announced_on"], call.now)
    return save(call, grade, subjects.AWARDED)


@command
def lower_grade(call: Call, grade_id: str, lowered: str, reasons: str) -> Grade:
    """Lower a grade 降低等级. Raises Refused unless it becomes lower."""
    grade = load(call, Grade, grade_id)
    call.authorise(areas.path(grade.area)[0])
    domain.check_lower(grade.grade, lowered)
    grade.grade, grade.reasons = lowered, reasons
    return save(call, grade, subjects.LOWERED)
