"""What is stored of credit records."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import BooleanField, DateField, DateTimeField, IntField, StringField

from services.registry.domain import credit as rules
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate


class CreditEntry(Aggregate):
    """One entry of an organisation's credit record 诚信记录."""

    meta = {"collection": "credit_entries", "indexes": [("organisation", "id"), ("listing",)]}
    personal: ClassVar = {"note": Personal(Text("to explain the entry", "说明信用信息"), basis=DUTY)}
    organisation = StringField(required=True)
    kind = StringField(required=True, choices=tuple(rules.KINDS))
    points = IntField(required=True)  # as the area had them when it was recorded
    authority = StringField()
    document_number = StringField()
    note = StringField()  # stays at the node that owns the record: it may name people
    occurred_on = DateField(required=True)
    known_on = DateField(required=True)  # counts from then on
    record_due_at = DateTimeField()
    late = BooleanField(default=False)
    valid_until = DateField()  # None: until what it tells of is over
    status = StringField(default=initial(rules.EntryLife))
    reasons = StringField()  # of its repair or revocation
    ended_on = DateField()
    listing = StringField()
    inspection = StringField()
