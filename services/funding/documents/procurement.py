"""What is stored of suppliers' queries and complaints."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BooleanField, DateTimeField, DictField, StringField

from services.funding.documents import ties
from services.funding.domain import procurement as domain
from shared.audit.personal import DUTY, PAPER_YEARS, PAPERS, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate

_SETTLED = Personal(
    Text("to settle queries and complaints of suppliers", "处理供应商质疑和投诉"),
    DUTY,
    kept=PAPERS,
    years=PAPER_YEARS,
)


class SupplierQuery(Aggregate):
    """A supplier's query 质疑, with the complaint 投诉 that may follow. Texts stay at the node that owns it."""

    meta = {"collection": "supplier_queries", "indexes": [("round", "status")]}
    personal: ClassVar = {
        "text": _SETTLED,
        "reply": _SETTLED,
        "complaint": _SETTLED,
        "decision": _SETTLED,
    }
    round = StringField(required=True)
    application = StringField()  # the award that it is about; None: the whole round
    organisation = StringField(required=True)  # the supplier who queries
    ground = StringField(required=True, choices=domain.GROUNDS)
    text = StringField()
    received_at = DateTimeField(required=True)
    reply_due_at = DateTimeField(required=True)
    reply = DictField()  # text, at
    complaint = DictField()  # text, at
    complaint_until_at = DateTimeField(required=True)
    decision_due_at = DateTimeField()
    suspended_at = DateTimeField()  # for the first time: the law's bound counts from there
    suspended_until_at = DateTimeField()
    decision = DictField()  # text, at
    upheld = BooleanField()  # by the reply, or by the decision on the complaint; None before
    status = StringField(default=initial(domain.SupplierQueryLife))

    def seat_by_rule(self) -> str:
        return ties.seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("round", ties.tied(owner, area))
