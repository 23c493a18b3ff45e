"""What can be asked of monitoring: reports, and the warnings that hold now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.funding.documents import Project, ProjectReport
from services.funding.domain import early_warnings as domain
from services.funding.queries.projects import project_for
from shared import clock
from shared.arearules.settings import value
from shared.call import Call
from shared.http import Page

Data = dict[str, Any]


def day(moment: datetime) -> date:
    """The day in China."""
    return moment.astimezone(clock.CHINA).date()


def reports(call: Call, identifier: str, query: Data) -> Page[ProjectReport]:
    """The reports of a project, oldest first."""
    found = ProjectReport.objects(project=project_for(call, identifier).id)
    if query["cursor"]:
        found = found.filter(id__gt=query["cursor"][0])
    listed = list(found.order_by("id").limit(query["limit"] + 1))
    return Page.of(listed, query["limit"], lambda report: [report.id])


def warnings(call: Call, identifier: str) -> Page[Data]:
    """The warnings of a project that hold now, recorded or not."""
    project = project_for(call, identifier)
    raised = {one["kind"]: one["raised_at"] for one in project.warnings if one.get("over_at") is None}
    return Page(
        [
            {"kind": kind, "about": domain.KINDS[kind].zh, "figures": figures, "raised_at": raised.get(kind)}
            for kind, figures in holding(project, call.now)
        ]
    )


def holding(project: Project, now: datetime) -> list[domain.Warning]:
    """None for a project that does not run, and for one from before contracts had a term."""
    if project.status != "running" or project.starts_on is None or project.ends_on is None:
        return []
    seen = domain.Seen(
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        amount_fen=project.amount_fen,
        spent_fen=project.spent_fen,
        reported_until=project.reported_until,
        final_passed=project.final_passed,
        planned={"direct": project.beneficiaries_direct, "indirect": project.beneficiaries_indirect},
        reached={"direct": project.reached_direct, "indirect": project.reached_indirect},
    )
    return domain.holding(seen, value(domain.THRESHOLDS, project.seated_at, now), day(now))
