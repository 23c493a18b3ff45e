"""Routes of delegated parts of funds."""

from __future__ import annotations

from typing import Any

from services.funding.commands import delegations as commands
from services.funding.queries import funds as queries
from services.funding.schemas import delegations as schemas
from services.funding.schemas.funds import FundView
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]


class DelegationRoutes:
    """资金下达"""

    @post(
        "/funds/<id>/delegations", body=schemas.NewDelegation, answer=schemas.DelegationView, status=201,
        summary="Give a part to an area below 下达额度",
    )  # fmt: skip
    def delegate(self, call: Call, id: str, body: Data) -> Any:
        return commands.delegate(call, id, body)

    @get(
        "/delegations", query=schemas.DelegationQuery, answer=page_of(schemas.DelegationView),
        summary="Delegated parts 下达额度",
    )  # fmt: skip
    def delegations(self, call: Call, query: Data) -> Any:
        return queries.delegations(call, query)

    @get("/delegations/<id>", answer=schemas.DelegationView, summary="One delegated part 下达额度")
    def delegation(self, call: Call, id: str) -> Any:
        return queries.delegation(call, id)

    @post(
        "/delegations/<id>/recall", body=schemas.Recall, answer=schemas.DelegationView,
        summary="Ask a part back as far as it is not committed 收回额度",
    )  # fmt: skip
    def recall(self, call: Call, id: str, body: Data) -> Any:
        return commands.recall(call, id, body["amount_fen"], body["reasons"])

    @post(
        "/funds/<id>/return", body=schemas.GiveBack, answer=FundView,
        summary="Give a delegated part back 交回额度",
    )  # fmt: skip
    def give_back(self, call: Call, id: str, body: Data) -> Any:
        return commands.give_back(call, id, body["amount_fen"])
