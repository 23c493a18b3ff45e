"""What is stored of listings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from mongoengine import DateTimeField, IntField, StringField

from services.registry.documents.clocks import Timed
from services.registry.domain import listings as rules
from shared.audit.personal import DUTY, Personal
from shared.clocks import Step
from shared.errors import Text
from shared.lifecycle import initial


class Listing(Timed):
    """One organisation's way onto a list of the credit measures 列入名录, and off it."""

    meta = {
        "collection": "listings",
        "indexes": [
            ("organisation", "kind", "status"),
            ("status", "owner", "id"),
            ("kind", "area", "id"),
            {
                "fields": ["owner", "under_way"],
                "unique": True,
                "partialFilterExpression": {"under_way": {"$type": "string"}},
            },
        ],
    }
    personal: ClassVar = {
        "facts": Personal(Text("to give the grounds of a listing", "说明列入事实"), basis=DUTY),
        "statement": Personal(Text("to hear the organisation", "听取陈述申辩"), basis=DUTY),
    }
    organisation = StringField(required=True)
    name = StringField()  # of the organisation when it was proposed
    kind = StringField(required=True, choices=rules.KINDS)
    ground = StringField(required=True, choices=tuple(rules.GROUNDS))
    facts = StringField()  # stays at the node that owns the record: it may name people
    year = IntField()  # of the inspection that was missed
    inspection = StringField()
    status = StringField(default=initial(rules.ListingLife))
    under_way = (
        StringField()
    )  # organisation, ground and inspection until it has ended: there is one at a time
    proposed_at = DateTimeField(required=True)
    notified_at = DateTimeField()
    statement = StringField()  # stays here, too
    stated_at = DateTimeField()
    reasons = StringField()  # of the decision
    listed_at = DateTimeField()
    removed_at = DateTimeField()
    removal_reasons = StringField()
    life = rules.ListingLife

    def clock_steps(self) -> Sequence[Step]:
        return rules.STEPS
