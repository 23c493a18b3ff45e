"""What is stored of the menu."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, IntField, ListField, StringField

from services.needs.domain import menu as rules
from shared.lifecycle import initial
from shared.store import Aggregate


class ServiceItem(Aggregate):
    """An item of the menu 服务项目: what residents of an area may order, at which price."""

    meta = {"collection": "service_items"}
    name = StringField(required=True)
    item_class = StringField(required=True)
    unit = StringField(required=True)  # what the price is of: 次、小时、份
    price_fen = IntField(required=True)
    valid_from = DateField(required=True)
    valid_to = DateField()
    organisations = ListField(StringField())  # who offers it
    status = StringField(default=initial(rules.ServiceItemLife))
    reasons = StringField()
    generated = BooleanField(default=False)
