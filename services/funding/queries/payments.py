"""What can be asked of payments through the bank."""

from __future__ import annotations

import hashlib
from typing import Any

from services.funding.commands.batches import file_id
from services.funding.documents import Payee, PaymentBatch, PaymentOrder
from shared.call import Call
from shared.errors import Conflict, Refused, Text
from shared.http import Download
from shared.store import files
from shared.store.queries import get, page_for

Data = dict[str, Any]

_order = get(PaymentOrder)
_batch = get(PaymentBatch)


def payees(call: Call, query: Data) -> Any:
    return page_for(call, Payee, query, "organisation")


def orders(call: Call, query: Data) -> Any:
    return page_for(call, PaymentOrder, query, "status", "project")


def order(call: Call, identifier: str) -> PaymentOrder:
    found = _order(identifier)
    call.authorise(found.area)
    return found


def batches(call: Call, query: Data) -> Any:
    return page_for(call, PaymentBatch, query, "status")


def batch(call: Call, identifier: str) -> PaymentBatch:
    found = _batch(identifier)
    call.authorise(found.area)
    return found


def file(call: Call, identifier: str) -> Download:
    """The file for the bank as it was exported. Raises Refused before that, Conflict where it was touched since."""
    found = batch(call, identifier)
    if not found.sha256:
        raise Refused(
            "not-exported",
            Text("The batch has not been exported for the bank.", "该批次尚未导出送交银行。"),
            Text("Export it first.", "请先导出付款文件。"),
            field="status",
        )
    kept = files.fetch(file_id(found, found.format))
    if hashlib.sha256(kept.data).hexdigest() != found.sha256:
        raise Conflict(
            "file-touched",
            Text("The kept file is not the one that was exported.", "保存的文件与导出时不一致。"),
            Text("Do not send it; ask the operators.", "请勿提交该文件，并联系运维人员。"),
        )
    return Download(kept.name, kept.type, kept.data)
