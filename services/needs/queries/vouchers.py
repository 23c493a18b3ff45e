"""What can be asked of vouchers and their runs."""

from __future__ import annotations

from typing import Any

from services.needs.documents import Voucher, VoucherRun
from shared.call import Call
from shared.store.queries import get, page_for

Data = dict[str, Any]
_voucher = get(Voucher)
_run = get(VoucherRun)


def voucher(call: Call, identifier: str) -> Voucher:
    found = _voucher(identifier)
    call.authorise(found.area, found.account)
    return found


def vouchers(call: Call, query: Data) -> Any:
    return page_for(call, Voucher, query, "client", "month", "status", own=["account"])


def run(call: Call, identifier: str) -> VoucherRun:
    found = _run(identifier)
    call.authorise(found.area)
    return found


def runs(call: Call, query: Data) -> Any:
    return page_for(call, VoucherRun, query, "kind", "month")
