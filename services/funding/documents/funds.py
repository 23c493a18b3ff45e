"""What is stored of funds, their ledger and what is delegated of them."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateField, DictField, IntField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain import funds as domain
from shared.store import Aggregate, Record


class Fund(Aggregate):
    """Money for a purpose and a year 资金, owned by one node. Its figures guard it: who moves money writes them."""

    meta = {"collection": "funds"}
    name = StringField(required=True)
    source = StringField(required=True, choices=domain.SOURCES)
    purpose = StringField()
    year = IntField(required=True)
    budget_fen = LongField(required=True)
    committed_fen = LongField(default=0)  # promised and not released, paid or not
    ordered_fen = LongField(default=0)  # of what is committed: ordered from the bank, not answered yet
    paid_fen = LongField(default=0)
    delegated_fen = LongField(default=0)  # given to areas below
    matches = StringField()  # the fund that this one matches 配套
    matches_percent = IntField()
    delegation = StringField()  # that it is the street's part of
    asked_fen = LongField(default=0)  # of a delegated part: asked back so far, as far as heard of
    returned_fen = LongField(default=0)  # of a delegated part: given back so far
    closed_through = DateField()  # the last closed day
    closings = IntField(default=0)
    closing_hash = StringField()  # of the newest
    generated = BooleanField(default=False)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("_id", ties.tied(owner, area))


class LedgerEntry(Record):
    """One line of the double-entry ledger 台账; accounts are those of its fund. Nothing changes or removes one."""

    meta: dict[str, Any] = {
        "collection": "ledger_entries",
        "indexes": [("fund", "id"), "reference"],
    }
    fund = StringField(required=True)
    movement = StringField(required=True)  # one of domain.MOVEMENTS
    debit = StringField(required=True)
    credit = StringField(required=True)
    amount_fen = LongField(required=True, min_value=1)
    reference = StringField(
        required=True
    )  # the fund, application, project, order or delegation that it is about
    day = DateField()  # that it stands on; None in entries of older versions: the day on which they were made
    reverses = StringField()  # the entry that this one corrects
    reasons = StringField()
    part_of, part_by = Fund, "fund"


class DayClosing(Record):
    """A closed day 日结 of a fund's ledger."""

    meta: dict[str, Any] = {"collection": "day_closings", "indexes": [("fund", "number")]}
    fund = StringField(required=True)
    number = IntField(required=True)
    day = DateField(required=True)
    entries = IntField(required=True)
    turnover_fen = LongField(required=True)
    accounts = DictField()
    previous = StringField(required=True)
    hash = StringField(required=True)
    part_of, part_by = Fund, "fund"


class Delegation(Aggregate):
    """A ring-fenced part of a fund that an area below may commit 资金下达. Its `area` is the one that gets it."""

    meta = {"collection": "delegations"}
    origin = StringField(required=True)  # the fund that it is a part of
    fund = StringField(required=True)  # the fund that it makes at the area below
    name = StringField(required=True)
    source = StringField(required=True, choices=domain.SOURCES)  # as of the fund above
    purpose = StringField()
    year = IntField(required=True)
    amount_fen = LongField(required=True)
    asked_fen = LongField(default=0)  # back, in all; what was committed there may have been asked for in vain
    returned_fen = LongField(default=0)  # in all, asked or unasked
    reasons = StringField()  # why it was asked back last
    generated = BooleanField(default=False)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("origin", ties.tied(owner, area))
