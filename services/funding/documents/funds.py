"""What is stored of funds and their ledger."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, IntField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain import funds as domain
from shared.store import Aggregate, Record


class Fund(Aggregate):
    """Money for a purpose and a year 资金, owned by one node."""

    meta = {"collection": "funds"}
    name = StringField(required=True)
    source = StringField(required=True, choices=domain.SOURCES)
    purpose = StringField()
    year = IntField(required=True)
    budget_fen = LongField(required=True)
    committed_fen = LongField(default=0)  # promised and not released, paid or not
    paid_fen = LongField(default=0)
    generated = BooleanField(default=False)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("_id", ties.tied(owner, area))


class LedgerEntry(Record):
    """One line of the double-entry ledger 台账; accounts are those of its fund."""

    meta: dict[str, Any] = {
        "collection": "ledger_entries",
        "indexes": [("fund", "id"), "reference"],
    }
    fund = StringField(required=True)
    movement = StringField(required=True)  # budget | commitment | release | payment
    debit = StringField(required=True)
    credit = StringField(required=True)
    amount_fen = LongField(required=True, min_value=1)
    reference = StringField(required=True)  # the fund, application or project that it is about
    part_of, part_by = Fund, "fund"
