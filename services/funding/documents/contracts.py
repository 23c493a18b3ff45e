"""What is stored of contracts."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateField, DateTimeField, DictField, ListField, LongField, StringField

from services.funding.documents import ties
from services.funding.domain.contracts import ContractLife
from services.funding.domain.projects import GROUNDS
from shared.lifecycle import initial
from shared.store import Aggregate


class Contract(Aggregate):
    """A contract 协议 about an awarded application, with every amendment. Its files are kept under their SHA-256."""

    meta = {"collection": "contracts", "indexes": [{"fields": ["application"], "unique": True}]}
    number = StringField(required=True)
    application = StringField(required=True)
    project = StringField()  # once it is signed
    round = StringField(required=True)
    kind = StringField(required=True)  # of the round
    organisation = StringField(required=True)
    host = StringField()
    title = StringField(required=True)
    status = StringField(default=initial(ContractLife))
    grounds = StringField(choices=GROUNDS)  # on which it was terminated
    amount_fen = LongField(required=True)
    signed_fen = LongField()  # the amount as it was signed; amendments are measured by it
    tranches = ListField(DictField())  # number, condition, amount_fen
    starts_on = DateField(required=True)
    ends_on = DateField(required=True)
    stable = BooleanField(default=False)  # budgeted, stable and going on: may last longer
    signed_on = DateField()
    sign_by = DateTimeField()  # where procurement law says so
    sha256 = StringField()  # of the printed PDF
    printed_at = DateTimeField()
    signed_copy = DictField()  # sha256, kept_at, signatures
    seal = DictField()  # sha256, sealed_at
    amendments = ListField(DictField())  # number, agreed_on, reasons, at, before, after
    generated = BooleanField(default=False)

    def seat_by_rule(self) -> str:
        return ties.seat_of_round(self)

    @classmethod
    def tied(cls, owner: str, area: str) -> dict[str, Any] | None:
        return ties.within("round", ties.tied(owner, area))
