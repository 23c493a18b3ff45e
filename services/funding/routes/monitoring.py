"""Routes of monitoring, and its timer."""

from __future__ import annotations

from typing import Any

from nameko.timer import timer

from services.funding.commands import monitoring as commands
from services.funding.queries import monitoring as queries
from services.funding.schemas import monitoring as schemas
from services.funding.schemas.projects import ProjectView
from shared import runtime
from shared.call import Call
from shared.http import PageQuery, get, page_of, post

Data = dict[str, Any]

HOUR = 3600  # seconds: warnings change by days


class MonitoringRoutes:
    """监测"""

    @timer(interval=HOUR, eager=True)
    def watch_projects(self) -> None:
        """Not where requests tell the time: there the machine's clock says nothing of what is late."""
        if runtime.node().clock == "wall":
            commands.run_monitoring(Call(node=runtime.node(), service="funding"))

    @post("/monitoring/run", answer=schemas.MonitoringRun, summary="Look at all projects now 立即检查预警")
    def run_monitoring(self, call: Call) -> Any:
        return commands.run_monitoring(call)

    @post(
        "/projects/<id>/reports", body=schemas.NewReport, answer=ProjectView, status=201,
        summary="Report progress or an activity 提交进展报告、活动记录",
    )  # fmt: skip
    def report(self, call: Call, id: str, body: Data) -> Any:
        return commands.report(call, id, body)

    @get(
        "/projects/<id>/reports", query=PageQuery, answer=page_of(schemas.ReportView),
        summary="Reports of a project 项目报告",
    )  # fmt: skip
    def reports(self, call: Call, id: str, query: Data) -> Any:
        return queries.reports(call, id, query)

    @get(
        "/projects/<id>/warnings", answer=page_of(schemas.WarningView),
        summary="Warnings that hold now 项目预警",
    )  # fmt: skip
    def project_warnings(self, call: Call, id: str) -> Any:
        return queries.warnings(call, id)
