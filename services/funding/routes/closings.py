"""Routes of closed days."""

from __future__ import annotations

from typing import Any

from services.funding.commands import closings as commands
from services.funding.queries import closings as queries
from services.funding.schemas import closings as schemas
from shared.call import Call
from shared.http import PageQuery, get, page_of, post

Data = dict[str, Any]


class ClosingRoutes:
    """日结"""

    @post(
        "/closings", body=schemas.NewClosing, answer=schemas.ClosedView,
        summary="Close the days of an area's funds 日结",
    )  # fmt: skip
    def close_days(self, call: Call, body: Data) -> Any:
        return body | {"funds": commands.close_days(call, body["area"], body["through"])}

    @get(
        "/funds/<id>/closings", query=PageQuery, answer=page_of(schemas.ClosingView),
        summary="Closed days of a fund 日结记录",
    )  # fmt: skip
    def closings(self, call: Call, id: str, query: Data) -> Any:
        return queries.closings(call, id, query)

    @get(
        "/funds/<id>/verification", answer=schemas.VerificationView,
        summary="Compute a fund's ledger anew 台账核验",
    )  # fmt: skip
    def verify_ledger(self, call: Call, id: str) -> Any:
        return queries.verification(call, id)
