"""Records of service as the service stores them."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, IntField, StringField

from services.needs.domain import deliveries as rules
from shared.store import Aggregate


class Delivery(Aggregate):
    """A record of service 服务记录."""

    meta = {"collection": "deliveries", "indexes": [("area", "delivered_on")]}
    organisation = StringField(required=True)
    topic = StringField()
    service = StringField(required=True)
    delivered_on = DateField(required=True)
    beneficiaries = IntField(required=True)
    person_times = IntField(required=True)
    confirmed_by = StringField(required=True, choices=rules.CONFIRMERS)
    generated = BooleanField(default=False)
