"""Routes of annual inspections."""

from __future__ import annotations

from typing import Any

from services.registry.commands import inspection as commands
from services.registry.queries import inspection as queries
from services.registry.schemas import inspection as schemas
from services.registry.schemas import reports
from services.registry.schemas.common import Reasons
from services.registry.schemas.organisations import Decision, OrganisationView
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class InspectionRoutes:
    """年检"""

    @post(
        "/organisations/<id>/charity", body=schemas.Charity, answer=OrganisationView,
        summary="Record that an organisation is a charity, or no longer 慈善组织认定",
    )  # fmt: skip
    def set_charity(self, call: Call, id: str, body: Data) -> Any:
        return commands.set_charity(call, id, body)

    @post(
        "/organisations/<id>/inspections", body=schemas.NewInspection, answer=schemas.InspectionView, status=201,
        summary="Open the inspection of one organisation 启动年检",
    )  # fmt: skip
    def open_inspection(self, call: Call, id: str, body: Data) -> Any:
        return commands.open_one(call, id, body["year"])

    @get(
        "/inspections", query=schemas.InspectionQuery, answer=page_of(schemas.InspectionView),
        summary="Annual inspections and their conclusions 年检",
    )  # fmt: skip
    def inspections(self, call: Call, query: Data) -> Any:
        return queries.inspections(query)

    @get(
        "/inspections/figures", query=schemas.InspectionFiguresQuery, answer=schemas.InspectionFigures,
        summary="How far the inspection of a year has come 年检统计",
    )  # fmt: skip
    def inspection_figures(self, call: Call, query: Data) -> Any:
        return queries.figures(query["area"], query["year"])

    @get(
        "/inspections/<id>", answer=schemas.InspectionView,
        summary="One annual inspection 年检",
    )  # fmt: skip
    def inspection(self, call: Call, id: str) -> Any:
        return queries.inspection(id)

    @get(
        "/inspections/<id>/file", answer=schemas.InspectionFile,
        summary="An inspection with its report 年检材料",
    )  # fmt: skip
    def inspection_file(self, call: Call, id: str) -> Any:
        return queries.inspection_file(call, id)

    @post(
        "/inspections/<id>/draft", body=reports.Draft, answer=schemas.InspectionFile,
        summary="Keep the report as far as it is written 填报年度报告",
    )  # fmt: skip
    def draft_report(self, call: Call, id: str, body: Data) -> Any:
        return commands.draft(call, id, body)

    @post(
        "/inspections/<id>/submission", answer=schemas.InspectionFile,
        summary="Hand the report in 报送年度报告",
    )  # fmt: skip
    def submit_report(self, call: Call, id: str) -> Any:
        return commands.submit(call, id)

    @post(
        "/inspections/<id>/opinion", body=schemas.InspectionOpinion, answer=schemas.InspectionView,
        summary="First opinion of the supervising unit 初审意见",
    )  # fmt: skip
    def give_opinion(self, call: Call, id: str, body: Data) -> Any:
        return commands.give_opinion(call, id, body)

    @post(
        "/inspections/<id>/return", body=Reasons, answer=schemas.InspectionView,
        summary="Send a report back to be completed 退回补正",
    )  # fmt: skip
    def send_back_report(self, call: Call, id: str, body: Data) -> Any:
        return commands.send_back(call, id, body["reasons"])

    @post(
        "/inspections/<id>/conclusion", body=schemas.Conclusion, answer=schemas.InspectionView,
        summary="Conclusion of the registrar 年检结论",
    )  # fmt: skip
    def conclude_inspection(self, call: Call, id: str, body: Data) -> Any:
        return commands.conclude(call, id, body["conclusion"], body["reasons"])

    @post(
        "/inspections/<id>/rectification", body=schemas.Rectification, answer=schemas.InspectionView,
        summary="Report what was put right 报送整改",
    )  # fmt: skip
    def report_rectification(self, call: Call, id: str, body: Data) -> Any:
        return commands.report_rectification(call, id, body["text"])

    @post(
        "/inspections/<id>/rectification/decision", body=Decision, answer=schemas.InspectionView,
        summary="Accept a rectification or order it anew 整改核查",
    )  # fmt: skip
    def judge_rectification(self, call: Call, id: str, body: Data) -> Any:
        return commands.judge_rectification(call, id, body["approve"], body["reasons"])
