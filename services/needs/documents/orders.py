"""What is stored of orders."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import BooleanField, DateField, DateTimeField, DictField, IntField, ListField, StringField

from services.needs.documents.clients import ACCOUNT
from services.needs.domain import deliveries, menu
from services.needs.domain import orders as rules
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class Order(Aggregate):
    """An order 订单 of a client, written where the client is. Item, price and class are as they were when it was
    placed; `client`, `account` and `remark` are told to nobody."""

    meta = {"collection": "orders", "indexes": [("client", "status")]}
    client = StringField(required=True)
    account = StringField()
    client_class = StringField(required=True)
    client_kind = StringField(required=True, choices=menu.KINDS)
    item = StringField(required=True)
    item_name = StringField(required=True)
    item_class = StringField(required=True)
    unit = StringField(required=True)
    price_fen = IntField(required=True)
    quantity = IntField(required=True)
    total_fen = IntField(required=True)
    placed_by = StringField(required=True, choices=rules.PLACERS)
    wished_on = DateField(required=True)
    status = StringField(default=initial(rules.OrderLife))
    shares = ListField(DictField())  # who pays what: {"payer", "fen", "why"}
    subsidy_fen = IntField(default=0)
    voucher_fen = IntField(default=0)
    client_fen = IntField(default=0)
    voucher = StringField()  # that holds `voucher_fen` for this order, or was spent
    voucher_month = StringField()  # the month that it was priced for
    organisation = StringField()
    appointed_at = DateTimeField()
    decided_at = DateTimeField()
    delivered_at = DateTimeField()
    confirmed_by = StringField(choices=deliveries.CONFIRMERS)
    confirmed_at = DateTimeField()
    delivery = StringField()  # the record of service that it was counted by
    calls = IntField(default=0)  # call-backs 回访, answered or not
    rating = IntField()  # 1 to 5, of the last that was answered
    remark = StringField()
    reasons = StringField()
    generated = BooleanField(default=False)
    personal: ClassVar = {
        "account": ACCOUNT,
        "remark": Personal(Text("to follow a complaint up", "跟进服务意见"), basis=DUTY),
    }
