"""What is told of payments through the bank; nothing of anybody's account."""

from __future__ import annotations

from services.funding.schemas.payments import BatchState, OrderState, PayeeState
from shared.errors import Text
from shared.events.types import Subject

# Nobody else needs to know that there is one.
PAYEE = Subject("funding", "payee", PayeeState, Text("payee", "收款账户"), audience="node")
PAYEE_ENTERED = PAYEE.event("entered", Text("entered", "登记"))
PAYEE_CHANGED = PAYEE.event("changed", Text("changed", "变更"))

ORDER = Subject("funding", "payment_order", OrderState, Text("payment order", "付款单"))
ORDERED = ORDER.event("ordered", Text("ordered", "申请"))
BATCHED = ORDER.event("batched", Text("put into a batch", "列入批次"))
PUT_BACK = ORDER.event("put_back", Text("taken out of its batch", "移出批次"))
PAID = ORDER.event("paid", Text("paid", "支付"))
BOUNCED = ORDER.event("returned", Text("returned by the bank", "退汇"))
RENEWED = ORDER.event("renewed", Text("ordered again", "重新申请"))
CANCELLED = ORDER.event("cancelled", Text("cancelled", "撤销"))

BATCH = Subject("funding", "payment_batch", BatchState, Text("payment batch", "付款批次"))
PREPARED = BATCH.event("prepared", Text("prepared", "制单"))
APPROVED = BATCH.event("approved", Text("approved", "复核"))
DISSOLVED = BATCH.event("dissolved", Text("dissolved", "退回"))
EXPORTED = BATCH.event("exported", Text("exported", "导出"))
ANSWERED = BATCH.event("answered", Text("answered by the bank", "银行回盘"))
SETTLED = BATCH.event("settled", Text("settled", "对账完成"))

ALL = (
    PAYEE_ENTERED, PAYEE_CHANGED, ORDERED, BATCHED, PUT_BACK, PAID, BOUNCED, RENEWED, CANCELLED, PREPARED,
    APPROVED, DISSOLVED, EXPORTED, ANSWERED, SETTLED,
)  # fmt: skip
