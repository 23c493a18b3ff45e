"""Routes of projects."""

from __future__ import annotations

from typing import Any

from services.funding.commands import projects as commands
from services.funding.queries import projects as queries
from services.funding.schemas import projects as schemas
from services.funding.schemas.common import Reasons
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class ProjectRoutes:
    """项目"""

    @get(
        "/projects", query=schemas.ProjectQuery, answer=page_of(schemas.ProjectView),
        summary="Projects 项目",
    )  # fmt: skip
    def projects(self, call: Call, query: Data) -> Any:
        return queries.projects(call, query)

    @get("/projects/<id>", answer=schemas.ProjectView, summary="One project 项目")
    def project(self, call: Call, id: str) -> Any:
        return queries.project_for(call, id)

    @post(
        "/projects/<id>/stop", body=schemas.Stop, answer=schemas.ProjectView,
        summary="End a project before its time 终止项目",
    )  # fmt: skip
    def stop_project(self, call: Call, id: str, body: Data) -> Any:
        return commands.stop_project(call, id, body["reasons"], body["grounds"])

    @post(
        "/projects/<id>/suspension", body=Reasons, answer=schemas.ProjectView,
        summary="Suspend a project: its tranches are held 暂停项目",
    )  # fmt: skip
    def suspend_project(self, call: Call, id: str, body: Data) -> Any:
        return commands.suspend_project(call, id, body["reasons"])

    @post(
        "/projects/<id>/resumption", body=Reasons, answer=schemas.ProjectView,
        summary="Go on with a suspended project 恢复项目",
    )  # fmt: skip
    def resume_project(self, call: Call, id: str, body: Data) -> Any:
        return commands.resume_project(call, id, body["reasons"])
