"""Rectification: ordered by staff or an evaluation, reported by the organisation, accepted or sent back."""

from __future__ import annotations

from typing import Any

from services.funding.commands import projects
from services.funding.documents import Project
from services.funding.domain import rectification as domain
from services.funding.domain.periods import Period
from services.funding.domain.rectification import RectificationLife
from services.funding.subjects import projects as subjects
from shared.arearules.settings import value
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, save, save_all

Data = dict[str, Any]


@command
def order_rectification(call: Call, project_id: str, body: Data) -> Project:
    """Order a project to put something right 要求整改; no tranche is paid until that is accepted. Raises Refused for
    a project that has ended."""
    project = projects.decided(call, project_id)
    domain.check_orderable(project.status)
    given = body["period"] or value(domain.LIMIT, project.seated_at, call.now)
    number = len(project.rectifications) + 1
    project.rectifications.append(domain.order(number, body["reasons"], None, given, call.now))
    return save(call, project, subjects.RECTIFICATION_ORDERED)


@command
def report_rectification(call: Call, project_id: str, number: str, report: str) -> Project:
    """The organisation tells what it has put right 整改报告, also when it is late."""
    project = projects.of_party(call, project_id)
    one = domain.numbered(project.rectifications, number)
    one["status"] = advance(RectificationLife, one["status"], "report")
    one["report"], one["reported_at"] = report, call.now
    return save(call, project, subjects.RECTIFICATION_REPORTED)


@command
def review_rectification(call: Call, project_id: str, number: str, body: Data) -> Project:
    """Accept what was put right, which pays what was held; or send it back, with as much time again."""
    project = projects.decided(call, project_id)
    one = domain.numbered(project.rectifications, number)
    action = "accept" if body["accepted"] else "send_back"
    one["status"] = advance(RectificationLife, one["status"], action)
    one["remarks"] = body["remarks"]
    if not body["accepted"]:
        deadline = Period(one["amount"], one["unit"]).after(call.now)
        one["due_at"], one["due_certain"] = deadline.at, deadline.certain
        return save(call, project, subjects.RECTIFICATION_RETURNED)
    one["settled_at"] = call.now
    changes = [(project, subjects.RECTIFIED), *projects.pay_due(call, project), *projects.completed(project)]
    save_all(call, *changes)
    return project
