"""The incubator's entrypoints."""

from __future__ import annotations

from typing import Any, ClassVar

from services.incubator import commands, documents, events, queries, schemas
from shared.call import Call
from shared.http import get, page_of, post
from shared.owning import OwningService

Data = dict[str, Any]


class IncubatorService(OwningService):
    """孵化"""

    name = "incubator"
    documents: ClassVar = documents.ALL
    publishes: ClassVar = events.PUBLISHES
    tells: ClassVar = events.TELLS
    handlers = events.HANDLERS

    @post(
        "/centres", body=schemas.NewCentre, answer=schemas.CentreView, status=201,
        summary="Open an incubation centre 设立孵化中心",
    )  # fmt: skip
    def open_centre(self, call: Call, body: Data) -> Any:
        return commands.open_centre(call, body)

    @get(
        "/centres", query=schemas.AreaQuery, answer=page_of(schemas.CentreView),
        summary="Incubation centres 孵化中心",
    )  # fmt: skip
    def centres(self, call: Call, query: Data) -> Any:
        return queries.centres(query)

    @get("/centres/<id>", answer=schemas.CentreView, summary="One centre 孵化中心")
    def centre(self, call: Call, id: str) -> Any:
        return queries.centre(id)

    @post(
        "/residencies", body=schemas.NewResidency, answer=schemas.ResidencyView, status=201,
        summary="Apply to enter a centre 申请入驻",
    )  # fmt: skip
    def apply_for_residency(self, call: Call, body: Data) -> Any:
        return commands.apply_for_residency(call, body)

    @get(
        "/residencies", query=schemas.ResidencyQuery, answer=page_of(schemas.ResidencyView),
        summary="List residencies 入驻列表",
    )  # fmt: skip
    def residencies(self, call: Call, query: Data) -> Any:
        return queries.residencies(call, query)

    @get("/residencies/<id>", answer=schemas.ResidencyView, summary="One residency 入驻")
    def residency(self, call: Call, id: str) -> Any:
        return queries.residency(call, id)

    @post(
        "/residencies/<id>/entry", body=schemas.Entry, answer=schemas.ResidencyView,
        summary="Let the organisation in 入驻",
    )  # fmt: skip
    def enter(self, call: Call, id: str, body: Data) -> Any:
        return commands.enter(call, id, body)

    @post(
        "/residencies/<id>/stage", body=schemas.Stage, answer=schemas.ResidencyView,
        summary="Assess the stage 评定阶段",
    )  # fmt: skip
    def assess_stage(self, call: Call, id: str, body: Data) -> Any:
        return commands.assess_stage(call, id, body["stage"])

    @post(
        "/residencies/<id>/graduation", body=schemas.Reasons, answer=schemas.ResidencyView,
        summary="Graduate 出壳",
    )  # fmt: skip
    def graduate(self, call: Call, id: str, body: Data) -> Any:
        return commands.graduate(call, id, body["reasons"])

    @post(
        "/residencies/<id>/exit", body=schemas.Reasons, answer=schemas.ResidencyView,
        summary="Leave 退出",
    )  # fmt: skip
    def leave(self, call: Call, id: str, body: Data) -> Any:
        return commands.leave(call, id, body["reasons"])

    @get("/figures", query=schemas.FiguresQuery, answer=schemas.Figures, summary="Counts 统计")
    def figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query["area"])


SERVICE = IncubatorService
