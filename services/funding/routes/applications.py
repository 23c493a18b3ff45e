"""Routes of applications."""

from __future__ import annotations

from typing import Any

from services.funding.commands import applications as commands
from services.funding.commands import screening
from services.funding.queries import applications as queries
from services.funding.schemas import applications as schemas
from services.funding.schemas.common import Reasons
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class ApplicationRoutes:
    """申报"""

    @post(
        "/applications", body=schemas.NewApplication, answer=schemas.ApplicationView, status=201,
        summary="Apply to a round 申报",
    )  # fmt: skip
    def submit(self, call: Call, body: Data) -> Any:
        return commands.submit(call, body)

    @get(
        "/applications", query=schemas.ApplicationQuery, answer=page_of(schemas.ApplicationView),
        summary="Applications 申报",
    )  # fmt: skip
    def applications(self, call: Call, query: Data) -> Any:
        return queries.applications(call, query)

    @get("/applications/<id>", answer=schemas.ApplicationView, summary="One application 申报")
    def application(self, call: Call, id: str) -> Any:
        return queries.application_for(call, id)

    @post(
        "/applications/<id>/screening", answer=schemas.ApplicationView,
        summary="First screening, by rule 初审",
    )  # fmt: skip
    def screen(self, call: Call, id: str) -> Any:
        return screening.screen(call, id)

    @post(
        "/applications/<id>/screening/decision", body=schemas.ScreeningDecision, answer=schemas.ApplicationView,
        summary="Decide what the rules left open 人工初审",
    )  # fmt: skip
    def decide_screening(self, call: Call, id: str, body: Data) -> Any:
        return screening.decide(call, id, body)

    @post(
        "/applications/<id>/screening/reversal", body=Reasons, answer=schemas.ApplicationView,
        summary="Reverse a screening 初审改判",
    )  # fmt: skip
    def reverse_screening(self, call: Call, id: str, body: Data) -> Any:
        return screening.reverse(call, id, body["reasons"])

    @post(
        "/applications/<id>/withdrawal", answer=schemas.ApplicationView,
        summary="Withdraw 退出",
    )  # fmt: skip
    def withdraw(self, call: Call, id: str) -> Any:
        return commands.withdraw(call, id)
