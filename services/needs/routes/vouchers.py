"""Routes of vouchers 服务券, and what issues them and lets them lapse."""

from __future__ import annotations

from typing import Any

from nameko.timer import timer

from services.needs.commands import vouchers as commands
from services.needs.queries import vouchers as queries
from services.needs.schemas import vouchers as schemas
from shared import runtime
from shared.background import Background
from shared.call import Call
from shared.http import get, page_of, post
from shared.service import HOUR

Data = dict[str, Any]


class VoucherRoutes:
    """服务券"""

    issuing = Background(commands.WORK, "services.needs.commands.vouchers:work_on")

    @timer(interval=HOUR)
    def look_at_months(self) -> None:
        """Not where requests tell the time: there the machine's clock says nothing of the month."""
        if runtime.node().clock == "wall":
            commands.start_monthly(Call(node=runtime.node(), service=runtime.service()))

    @get(
        "/vouchers", query=schemas.VoucherQuery, answer=page_of(schemas.VoucherView),
        summary="Vouchers 服务券列表",
    )  # fmt: skip
    def vouchers(self, call: Call, query: Data) -> Any:
        return queries.vouchers(call, query)

    @get("/vouchers/<id>", answer=schemas.VoucherView, summary="One voucher 服务券")
    def voucher(self, call: Call, id: str) -> Any:
        return queries.voucher(call, id)

    @post(
        "/voucher-runs", body=schemas.NewVoucherRun, answer=schemas.VoucherRunView, status=201,
        summary="Issue the vouchers of a month, or let them lapse 批量发放或清零",
    )  # fmt: skip
    def start_voucher_run(self, call: Call, body: Data) -> Any:
        return commands.start(call, body)

    @get(
        "/voucher-runs", query=schemas.VoucherRunQuery, answer=page_of(schemas.VoucherRunView),
        summary="Runs over vouchers 服务券批量办理列表",
    )  # fmt: skip
    def voucher_runs(self, call: Call, query: Data) -> Any:
        return queries.runs(call, query)

    @get("/voucher-runs/<id>", answer=schemas.VoucherRunView, summary="One run 服务券批量办理进度")
    def voucher_run(self, call: Call, id: str) -> Any:
        return queries.run(call, id)
