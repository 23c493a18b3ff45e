"""What the service of needs stores."""

from __future__ import annotations

from typing import Any

from mongoengine import (
    BooleanField,
    DateField,
    DateTimeField,
    DictField,
    IntField,
    ListField,
    StringField,
)

from services.needs import domain
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate, ReadModel, Record


class Need(Aggregate):
    """A need 需求 as it was raised. `contact` and `answer` are personal: they never leave this node."""

    meta = {"collection": "needs", "indexes": [("area", "received_on")]}
    personal = {
        "contact": Personal(Text("to answer the resident", "答复居民"), DUTY),
        "answer": Personal(Text("to show that the resident was answered", "证明已答复居民"), DUTY),
    }
    title = StringField(required=True)
    description = StringField()
    category = StringField(required=True)
    group = StringField()  # 服务对象
    source = StringField(required=True, choices=domain.SOURCES)
    urgency = StringField(required=True, choices=domain.URGENCIES)
    contact = DictField()
    received_on = DateField(required=True)
    status = StringField(default=initial(domain.NeedLife))
    item = StringField()  # the library item that it was merged into
    answer = StringField()
    answered_at = DateTimeField()
    generated = BooleanField(default=False)

    @property
    def whom_to_answer(self) -> dict[str, str] | None:
        return self.contact or None  # the store keeps "nobody" as an empty mapping


class LibraryItem(Aggregate):
    """An item of the need library 需求库, which links all needs that it was made of."""

    meta = {"collection": "library", "indexes": [("area", "status")]}
    title = StringField(required=True)
    category = StringField(required=True)
    group = StringField()
    sources = ListField(StringField())
    status = StringField(default=initial(domain.ItemLife))
    votes = DictField()
    reasons = StringField()
    generated = BooleanField(default=False)


class SourceClaim(Record):
    """Says which item of this node's library a need belongs to; `id` is the need's, so that there is one."""

    meta: dict[str, Any] = {"collection": "source_claims", "indexes": ["item"]}
    part_of, part_by = LibraryItem, "item"
    item = StringField(required=True)


class Delivery(Aggregate):
    """A record of service 服务记录."""

    meta = {"collection": "deliveries", "indexes": [("area", "delivered_on")]}
    organisation = StringField(required=True)
    topic = StringField()
    service = StringField(required=True)
    delivered_on = DateField(required=True)
    beneficiaries = IntField(required=True)
    person_times = IntField(required=True)
    confirmed_by = StringField(required=True, choices=domain.CONFIRMERS)
    generated = BooleanField(default=False)


class KnownOrganisation(ReadModel):
    """An organisation of this area, as the registry tells it."""

    meta = {"collection": "known_organisations"}
    name = StringField()
    status = StringField()


class KnownSummary(ReadModel):
    """What everybody may know of an organisation, also of another area's."""

    meta = {"collection": "known_summaries", "indexes": [("organisation",)]}
    organisation = StringField()
    name = StringField()
    status = StringField()


ALL = (Need, LibraryItem, SourceClaim, Delivery, KnownOrganisation, KnownSummary)
