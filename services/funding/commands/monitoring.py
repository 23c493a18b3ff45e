"""Monitoring: reports of organisations, and what the timer records of projects that run behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.funding.commands import projects
from services.funding.commands.funds import Change
from services.funding.documents import Application, Contract, Project, ProjectReport, Round
from services.funding.domain import contracts, early_warnings, rectification
from services.funding.domain import monitoring as domain
from services.funding.domain.monitoring import Counts
from services.funding.domain.projects import ALIVE
from services.funding.domain.rectification import RectificationLife
from services.funding.queries import monitoring as queries
from services.funding.subjects import applications as application_subjects
from services.funding.subjects import projects as subjects
from shared.arearules.settings import value
from shared.call import PLATFORM, Call
from shared.lifecycle import advance
from shared.store import command, load, record, save, save_all

Data = dict[str, Any]


@command
def report(call: Call, project_id: str, body: Data) -> Project:
    """Report of a project: a period's progress or one activity; what it counts is added to the project's figures in
    the same write. Raises Refused for days that do not fit, and beyond the money of the contract."""
    project = projects.of_party(call, project_id)
    domain.check_reportable(project.status)
    first, last = body["first_day"], body["last_day"]
    domain.check_days(first, last, project.starts_on, queries.day(call.now))
    corrected = _corrected(project, body) if body["corrects"] else None
    domain.check_progress(body["kind"], first, project.reported_until, correcting=corrected is not None)
    now = Counts(project.spent_fen, project.reached_direct, project.reached_indirect, project.person_times)
    counts = now.plus(_counts(body), _counts(corrected) if corrected else None)
    domain.check_spent(counts.spent_fen, project.amount_fen)
    project.spent_fen, project.reached_direct, project.reached_indirect, project.person_times = counts
    if body["kind"] == "progress":
        project.reported_until = max(last, project.reported_until or last)
    made = record(call, ProjectReport, "report", project=project.id, **body)
    changes: list[Change] = [(project, subjects.REPORTED)]
    if _end_warnings(call, project):
        changes.append((project, subjects.WARNING_OVER))
    save_all(call, *changes, made)
    return project


def _corrected(project: Project, body: Data) -> Data:
    """The report that this one takes the place of. Raises Refused."""
    found = ProjectReport.objects(id=body["corrects"], project=project.id, kind=body["kind"]).first()
    if found is None or ProjectReport.objects(corrects=found.id).first():
        raise domain.unknown_report()
    return dict(found.to_mongo())


def _counts(stored: Data) -> Counts:
    names = ("spent_fen", "beneficiaries_direct", "beneficiaries_indirect", "person_times")
    return Counts(*(stored[name] for name in names))


def _end_warnings(call: Call, project: Project) -> int:
    """How many recorded warnings are over now. Nothing is asked of a suspended project, so nothing is better there."""
    if project.status == "suspended":
        return 0
    over = early_warnings.changed(project.warnings, queries.holding(project, call.now)).over
    for one in over:
        one["over_at"] = call.now
    return len(over)


def run_monitoring(call: Call) -> dict[str, int]:
    """Look at the projects of this node that go on, and record what began to hold or is over.

    Each that has something is a command of its own whose cause is what was recorded of it before: several processes
    at once, or a second run, tell nothing twice.
    """
    call.authorise(call.node.area)
    done = {"warned": 0, "over": 0, "overdue": 0, "uncontracted": 0}
    for project in Project.objects(owner=call.node.area, status__in=ALIVE):
        if _found(call, project) != (0, 0, 0):
            alone = replace(call.cleared(), cause=_cause(project), actor=PLATFORM)
            came = _watch(alone, project.id)
            if isinstance(came, tuple):  # else another process was faster
                for name, number in zip(("warned", "over", "overdue"), came, strict=True):
                    done[name] += number
    for application in Application.objects(owner=call.node.area, status="awarded", uncontracted_at=None):
        if _contract_overdue(call, application):
            alone = replace(call.cleared(), cause=f"{application.id}:uncontracted", actor=PLATFORM)
            done["uncontracted"] += _tell_uncontracted(alone, application.id) is True
    return done


def _found(call: Call, project: Project) -> tuple[int, int, int]:
    """Warnings that begin, warnings that are over, rectifications that are overdue."""
    begun, over = early_warnings.changed(project.warnings, queries.holding(project, call.now))
    if project.status == "suspended":
        over = []
    return len(begun), len(over), len(rectification.overdue(project.rectifications, call.now))


def _cause(project: Project) -> str:
    over = sum(one.get("over_at") is not None for one in project.warnings)
    waiting = [str(one["due_at"]) for one in project.rectifications if one["status"] == "ordered"]
    return f"{project.id}:watch:{len(project.warnings)}:{over}:{','.join(waiting)}"


@command
def _watch(call: Call, project_id: str) -> Any:
    """What was recorded, as `_found` counts it."""
    project = load(call, Project, project_id)
    found = _found(call, project)
    changes: list[Change] = []
    if found[2]:
        for one in rectification.overdue(project.rectifications, call.now):
            one["status"] = advance(RectificationLife, one["status"], "lapse")
        changes.append((project, subjects.RECTIFICATION_OVERDUE))
    if found[1] and _end_warnings(call, project):
        changes.append((project, subjects.WARNING_OVER))
    if found[0]:
        begun = early_warnings.changed(project.warnings, queries.holding(project, call.now)).begun
        project.warnings += [
            {"kind": kind, "figures": figures, "raised_at": call.now, "over_at": None}
            for kind, figures in begun
        ]
        changes.append((project, subjects.WARNED))
    if changes:
        save_all(call, *changes)
    return found


def _contract_overdue(call: Call, application: Application) -> bool:
    """Whether the contract of a purchase was due by now (政府采购法 46)."""
    target = Round.objects(id=application.round).only("id", "kind").first()
    if target is None:
        return False
    drafted = Contract.objects(application=application.id).only("id", "sign_by").first()
    if drafted is not None and drafted.sign_by is not None:
        return contracts.overdue(drafted.sign_by, application.status, call.now)
    within = value(contracts.SIGN_WITHIN, application.seated_at, call.now)
    due = contracts.sign_by(target.kind, application.awarded_at, within)
    return contracts.overdue(due.at if due else None, application.status, call.now)


@command
def _tell_uncontracted(call: Call, application_id: str) -> Any:
    """True, or the application as another process left it."""
    application = load(call, Application, application_id)
    if not _contract_overdue(call, application):
        return False
    application.uncontracted_at = call.now
    save(call, application, application_subjects.UNCONTRACTED)
    return True
