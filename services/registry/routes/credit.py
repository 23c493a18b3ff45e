"""Routes of credit records."""

from __future__ import annotations

from typing import Any

from services.registry.commands import credit as commands
from services.registry.queries import credit as queries
from services.registry.schemas import credit as schemas
from services.registry.schemas.common import Reasons
from shared.call import Call
from shared.http import get, post

Data = dict[str, Any]


class CreditRoutes:
    """诚信记录"""

    @post(
        "/organisations/<id>/credit-entries", body=schemas.NewCreditEntry, answer=schemas.CreditEntryView, status=201,
        summary="Enter something into a credit record 录入信用信息",
    )  # fmt: skip
    def record_credit(self, call: Call, id: str, body: Data) -> Any:
        return commands.record_entry(call, id, body)

    @get(
        "/organisations/<id>/credit-record", query=schemas.OnDay, answer=schemas.CreditRecord,
        summary="An organisation's credit record on a day 诚信记录",
    )  # fmt: skip
    def credit_record(self, call: Call, id: str, query: Data) -> Any:
        return queries.record(call, id, query)

    @get(
        "/organisations/<id>/public-credit-record", query=schemas.OnDay, answer=schemas.PublicCreditRecord,
        summary="What is published of a credit record 信用信息公示",
    )  # fmt: skip
    def public_credit_record(self, call: Call, id: str, query: Data) -> Any:
        return queries.public_record(call, id, query)

    @post(
        "/credit-entries/<id>/repair", body=Reasons, answer=schemas.CreditEntryView,
        summary="Ask for the repair of an entry 申请信用修复",
    )  # fmt: skip
    def ask_credit_repair(self, call: Call, id: str, body: Data) -> Any:
        return commands.ask_repair(call, id, body["reasons"])

    @post(
        "/credit-entries/<id>/repair/decision", body=schemas.RepairDecision, answer=schemas.CreditEntryView,
        summary="Grant or refuse a repair 信用修复决定",
    )  # fmt: skip
    def decide_credit_repair(self, call: Call, id: str, body: Data) -> Any:
        return commands.decide_repair(call, id, body["grant"], body["reasons"])

    @post(
        "/credit-entries/<id>/revocation", body=Reasons, answer=schemas.CreditEntryView,
        summary="Take back an entry that was wrong 撤销信用信息",
    )  # fmt: skip
    def revoke_credit(self, call: Call, id: str, body: Data) -> Any:
        return commands.revoke_entry(call, id, body["reasons"])
