"""What is stored of micro-crowdfunding."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import BooleanField, DateField, DateTimeField, DictField, IntField, StringField

from services.needs.documents.clients import ACCOUNT
from services.needs.domain import adoption
from services.needs.domain import crowdfunding as rules
from shared.audit.personal import CONSENT, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Campaign(Aggregate):
    """Money that is raised for one purpose 微众筹项目."""

    meta = {"collection": "campaigns"}
    title = StringField(required=True)
    purpose = StringField(required=True)
    need = StringField()
    wish = StringField()
    receiver = StringField(required=True)  # the organisation that receives the money
    filing = StringField(required=True)  # under which it may raise it 募捐备案编号
    goal_fen = IntField(required=True)
    pledged_fen = IntField(default=0)  # with what is paid
    paid_fen = IntField(default=0)
    given_back_fen = IntField(default=0)
    pledges = IntField(default=0)  # that are not released
    deadline = DateTimeField(required=True)
    status = StringField(default=initial(rules.CampaignLife))
    outcome = StringField()  # what the money was used for
    reasons = StringField()
    generated = BooleanField(default=False)

    @property
    def totals(self) -> rules.Totals:
        return rules.Totals(self.goal_fen, self.pledged_fen, self.paid_fen, self.given_back_fen)

    @totals.setter
    def totals(self, found: rules.Totals) -> None:
        self.pledged_fen, self.paid_fen, self.given_back_fen = found.pledged, found.paid, found.given_back

    @property
    def open_fen(self) -> int:
        return self.totals.open if self.status == "open" else 0


class Pledge(Aggregate):
    """What one party unit, firm, organisation or neighbour pledges 认筹. It is told within its node only."""

    meta = {"collection": "pledges", "indexes": [("campaign", "status")]}
    campaign = StringField(required=True)
    kind = StringField(required=True, choices=adoption.ADOPTERS)
    unit = StringField()
    contact = DictField()
    account = StringField()
    fen = IntField(required=True)
    status = StringField(default=initial(rules.PledgeLife))
    receipt = StringField()  # number of the receipt that its payment was recorded by
    received_on = DateField()
    refund = StringField()  # number of the receipt of what was given back
    refunded_on = DateField()
    personal: ClassVar = {
        "contact": Personal(Text("to receive and to give back money", "收款和退款"), basis=CONSENT),
        "account": ACCOUNT,
    }

    @property
    def whom_to_thank(self) -> dict[str, str] | None:
        return self.contact or None  # the store keeps "nobody" as an empty mapping
