"""Routes of appraisal panels."""

from __future__ import annotations

from typing import Any

from services.needs.commands import panels as commands
from services.needs.queries import panels as queries
from services.needs.schemas import panels as schemas
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class PanelRoutes:
    """Appraisal panels 论证会."""

    @post(
        "/panels", body=schemas.NewPanel, answer=schemas.PanelView, status=201,
        summary="Convene an appraisal panel 召集论证会",
    )  # fmt: skip
    def convene_panel(self, call: Call, body: Data) -> Any:
        return commands.convene(call, body)

    @get("/panels", query=schemas.PanelQuery, answer=page_of(schemas.PanelView), summary="Panels 论证会列表")
    def panels(self, call: Call, query: Data) -> Any:
        return queries.panels(query)

    @get("/panels/<id>", answer=schemas.PanelView, summary="One panel 论证会")
    def panel(self, call: Call, id: str) -> Any:
        return queries.panel(id)

    @get("/panels/<id>/file", answer=schemas.PanelFile, summary="A panel with its members 论证会成员")
    def panel_file(self, call: Call, id: str) -> Any:
        return queries.file(call, id)

    @post(
        "/panels/<id>/votes", body=schemas.Ballots, answer=schemas.PanelView,
        summary="A member's votes and recusals 表决与回避",
    )  # fmt: skip
    def cast_votes(self, call: Call, id: str, body: Data) -> Any:
        return commands.vote(call, id, body)

    @get("/panels/<id>/votes", answer=page_of(schemas.VoteView), summary="Every vote 表决记录")
    def panel_votes(self, call: Call, id: str) -> Any:
        return queries.votes(call, id)

    @post(
        "/panels/<id>/conclusion", body=schemas.Conclusion, answer=schemas.PanelView,
        summary="Decide on the panel's items 作出论证结论",
    )  # fmt: skip
    def conclude_panel(self, call: Call, id: str, body: Data) -> Any:
        return commands.conclude(call, id, body["decisions"])
