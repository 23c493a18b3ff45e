"""Routes of claw-back."""

from __future__ import annotations

from typing import Any

from services.funding.commands import clawback as commands
from services.funding.schemas import clawback as schemas
from services.funding.schemas.projects import ProjectView
from shared.call import Call
from shared.http import post

Data = dict[str, Any]


class ClawBackRoutes:
    """追回"""

    @post(
        "/projects/<id>/claw-backs", body=schemas.NewClawBack, answer=ProjectView, status=201,
        summary="Demand back what was paid 追回资金",
    )  # fmt: skip
    def demand_back(self, call: Call, id: str, body: Data) -> Any:
        return commands.demand_back(call, id, body)

    @post(
        "/projects/<id>/claw-backs/<number>/repayments", body=schemas.NewRepayment, answer=ProjectView,
        status=201, summary="Record a repayment 登记退还",
    )  # fmt: skip
    def record_repayment(self, call: Call, id: str, number: str, body: Data) -> Any:
        return commands.record_repayment(call, id, number, body)
