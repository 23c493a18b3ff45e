"""Needs as the service stores them."""

from __future__ import annotations

from mongoengine import BooleanField, DateField, DateTimeField, DictField, StringField

from services.needs.domain import collection as rules
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


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
    source = StringField(required=True, choices=rules.SOURCES)
    urgency = StringField(required=True, choices=rules.URGENCIES)
    contact = DictField()
    received_on = DateField(required=True)
    status = StringField(default=initial(rules.NeedLife))
    item = StringField()  # the library item that it was merged into
    answer = StringField()
    answered_at = DateTimeField()
    generated = BooleanField(default=False)

    @property
    def whom_to_answer(self) -> dict[str, str] | None:
        return self.contact or None  # the store keeps "nobody" as an empty mapping
