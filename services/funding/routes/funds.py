"""Routes of funds and their ledger."""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds as commands
from services.funding.queries import funds as queries
from services.funding.schemas import funds as schemas
from shared.call import Call
from shared.http import PageQuery, get, page_of, post

Data = dict[str, Any]


class FundRoutes:
    """资金"""

    @post(
        "/funds", body=schemas.NewFund, answer=schemas.FundView, status=201,
        summary="Set up a fund 设立资金",
    )  # fmt: skip
    def open_fund(self, call: Call, body: Data) -> Any:
        return commands.open_fund(call, body)

    @get(
        "/funds", query=schemas.FundQuery, answer=page_of(schemas.FundView),
        summary="Funds 资金",
    )  # fmt: skip
    def funds(self, call: Call, query: Data) -> Any:
        return queries.funds(call, query)

    @get("/funds/<id>", answer=schemas.FundView, summary="One fund 资金")
    def fund(self, call: Call, id: str) -> Any:
        return queries.fund(call, id)

    @get(
        "/funds/<id>/ledger", query=PageQuery, answer=page_of(schemas.EntryView),
        summary="Ledger of a fund 台账",
    )  # fmt: skip
    def ledger(self, call: Call, id: str, query: Data) -> Any:
        return queries.ledger(call, id, query)

    @get(
        "/funds/<id>/trial-balance", answer=schemas.TrialBalance,
        summary="Trial balance of a fund 试算平衡",
    )  # fmt: skip
    def trial_balance(self, call: Call, id: str) -> Any:
        return queries.trial_balance(call, id)

    @post(
        "/funds/<id>/amendments", body=schemas.Amendment, answer=schemas.FundView,
        summary="Raise or lower the budget 预算调整",
    )  # fmt: skip
    def amend_fund(self, call: Call, id: str, body: Data) -> Any:
        return commands.amend_fund(call, id, body["change_fen"], body["reasons"])

    @post(
        "/funds/<id>/reversals", body=schemas.Reversal, answer=schemas.FundView,
        summary="Correct an entry by its opposite 冲销",
    )  # fmt: skip
    def reverse_entry(self, call: Call, id: str, body: Data) -> Any:
        return commands.reverse_entry(call, id, body["entry"], body["reasons"])
