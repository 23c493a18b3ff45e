"""Routes of dossiers, and the worker that makes them."""

from __future__ import annotations

from typing import Any

from services.funding.commands import dossiers as commands
from services.funding.queries import dossiers as queries
from services.funding.schemas import dossiers as schemas
from shared.background import Background
from shared.call import Call
from shared.http import PageQuery, file_of, get, page_of, post

Data = dict[str, Any]


class DossierRoutes:
    """卷宗"""

    dossier_work = Background(commands.WORK, "services.funding.commands.dossiers:work_on")

    @post(
        "/projects/<id>/dossiers", answer=schemas.DossierView, status=202,
        summary="Make the dossier of a project 生成项目卷宗",
    )  # fmt: skip
    def make_dossier(self, call: Call, id: str) -> Any:
        return commands.request(call, id)

    @get(
        "/projects/<id>/dossiers", query=PageQuery, answer=page_of(schemas.DossierView),
        summary="Dossiers of a project 项目卷宗",
    )  # fmt: skip
    def dossiers(self, call: Call, id: str, query: Data) -> Any:
        return queries.dossiers(call, id, query)

    @get("/dossiers/<id>", answer=schemas.DossierView, summary="One dossier 卷宗")
    def dossier(self, call: Call, id: str) -> Any:
        return queries.dossier(call, id)

    @get("/dossiers/<id>/dossier.zip", answer=file_of(queries.ZIP), summary="The zip 卷宗文件")
    def dossier_file(self, call: Call, id: str) -> Any:
        return queries.file(call, id)
