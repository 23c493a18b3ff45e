"""What is stored of clients."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import BooleanField, DateField, DictField, StringField

from services.needs.domain import clients as rules
from shared.audit.personal import CONTRACT, DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate

# The account by which somebody acts for themselves; a random id, which says nothing where the account is not known.
ACCOUNT = Personal(Text("to let the person act for themselves", "本人自行办理"), basis=CONTRACT)


class Client(Aggregate):
    """A resident who orders services 服务对象. It is told within its node only."""

    meta = {"collection": "clients"}
    contact = DictField()  # {"name", "phone", "address"}
    account = StringField()  # the subject of the resident's own account
    client_class = StringField(required=True)
    entitled_from = DateField()
    entitled_until = DateField()
    status = StringField(default=initial(rules.ClientLife))
    reasons = StringField()
    generated = BooleanField(default=False)
    personal: ClassVar = {
        "contact": Personal(Text("to serve the client at home", "上门提供服务"), basis=DUTY),
        "account": ACCOUNT,
    }

    @property
    def whom_to_serve(self) -> dict[str, str] | None:
        return self.contact or None  # the store keeps "nobody" as an empty mapping
