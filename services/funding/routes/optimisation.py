"""Routes of optimisation."""

from __future__ import annotations

from typing import Any

from services.funding.commands import optimisation as commands
from services.funding.schemas import optimisation as schemas
from services.funding.schemas.applications import ApplicationView
from shared.call import Call
from shared.http import post

Data = dict[str, Any]


class OptimisationRoutes:
    """优化"""

    @post(
        "/applications/<id>/optimisations", body=schemas.NewOptimisation, answer=ApplicationView, status=201,
        summary="Ask for changes of an awarded application 要求优化",
    )  # fmt: skip
    def ask_for_changes(self, call: Call, id: str, body: Data) -> Any:
        return commands.ask(call, id, body["asked"])

    @post(
        "/applications/<id>/optimisation/version", body=schemas.OptimisedVersion, answer=ApplicationView,
        summary="Hand in the new version 提交修改稿",
    )  # fmt: skip
    def answer_changes(self, call: Call, id: str, body: Data) -> Any:
        return commands.answer(call, id, body)

    @post(
        "/applications/<id>/optimisation/review", body=schemas.VersionReview, answer=ApplicationView,
        summary="Accept the new version, or ask again 确认修改稿",
    )  # fmt: skip
    def review_changes(self, call: Call, id: str, body: Data) -> Any:
        return commands.review(call, id, body)
