"""What is stored of wishes that are adopted."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import BooleanField, DateField, DictField, IntField, StringField

from services.needs.documents.clients import ACCOUNT
from services.needs.domain import adoption as rules
from services.needs.domain import deliveries
from shared.audit.personal import CONSENT, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Wish(Aggregate):
    """A wish 微心愿, or a need, that is offered for adoption 公益认领. Title and description are public; whose wish it
    is, and which neighbour took it up, are told to nobody."""

    meta = {
        "collection": "wishes",
        "indexes": [
            {
                "fields": ["owner", "live_need"],
                "unique": True,
                "partialFilterExpression": {"live_need": {"$type": "string"}},
            },
        ],
    }
    title = StringField(required=True)
    description = StringField()
    category = StringField(required=True)
    need = StringField()  # that is offered
    live_need = StringField()  # the same until the wish has ended: a need is offered once at a time
    cost_fen = IntField()
    contact = DictField()  # of whose wish it is: {"name", "phone"}
    status = StringField(default=initial(rules.WishLife))
    adopter_kind = StringField(choices=rules.ADOPTERS)
    adopter_unit = StringField()  # name of the party unit, firm or organisation
    adopter_contact = DictField()
    adopter_account = StringField()
    due_on = DateField()  # until when the adopter wants to fulfil it
    confirmed_by = StringField(choices=deliveries.CONFIRMERS)
    fulfilled_on = DateField()
    reasons = StringField()
    generated = BooleanField(default=False)
    personal: ClassVar = {
        "contact": Personal(Text("to bring the wish to whom it belongs", "向心愿人兑现心愿"), basis=CONSENT),
        "adopter_contact": Personal(Text("to reach who adopted it", "联系认领人"), basis=CONSENT),
        "adopter_account": ACCOUNT,
    }
