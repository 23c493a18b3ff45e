"""What is stored of bodies that are known here without being registered here."""

from __future__ import annotations

from mongoengine import BooleanField, StringField

from services.registry.domain import bodies as rules
from shared.store import Aggregate


class KnownBody(Aggregate):
    """A hub body 枢纽 or an external party 外部主体, known where it is dealt with."""

    meta = {
        "collection": "known_bodies",
        "indexes": [{"fields": ["owner", "credit_code"], "unique": True}],
    }
    kind = StringField(required=True, choices=rules.KINDS)
    name = StringField(required=True)
    credit_code = StringField(required=True)
    registered_at = StringField()  # which authority registered it, where
    current = BooleanField(default=True)  # whether it is dealt with still
    generated = BooleanField(default=False)
