"""Routes of rectification."""

from __future__ import annotations

from typing import Any

from services.funding.commands import rectification as commands
from services.funding.schemas import projects as schemas
from shared.call import Call
from shared.http import post

Data = dict[str, Any]


class RectificationRoutes:
    """整改"""

    @post(
        "/projects/<id>/rectifications", body=schemas.NewRectification, answer=schemas.ProjectView, status=201,
        summary="Order a project to put something right 要求整改",
    )  # fmt: skip
    def order_rectification(self, call: Call, id: str, body: Data) -> Any:
        return commands.order_rectification(call, id, body)

    @post(
        "/projects/<id>/rectifications/<number>/report", body=schemas.RectificationReport,
        answer=schemas.ProjectView, summary="Report what was put right 提交整改报告",
    )  # fmt: skip
    def report_rectification(self, call: Call, id: str, number: str, body: Data) -> Any:
        return commands.report_rectification(call, id, number, body["report"])

    @post(
        "/projects/<id>/rectifications/<number>/review", body=schemas.RectificationReview,
        answer=schemas.ProjectView, summary="Accept a rectification, or send it back 整改验收",
    )  # fmt: skip
    def review_rectification(self, call: Call, id: str, number: str, body: Data) -> Any:
        return commands.review_rectification(call, id, number, body)
