"""The need library as the service stores it."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, ListField, StringField

from services.needs.domain import library as rules
from shared.lifecycle import initial
from shared.store import Aggregate, Record


class LibraryItem(Aggregate):
    """An item of the need library 需求库, which links all needs that it was made of."""

    meta = {"collection": "library", "indexes": [("area", "status")]}
    title = StringField(required=True)
    category = StringField(required=True)
    group = StringField()
    sources = ListField(StringField())
    status = StringField(default=initial(rules.ItemLife))
    votes = DictField()
    reasons = StringField()
    panel = StringField()  # that decided on it last
    notice_ends_at = DateTimeField()  # the last moment of its public notice
    generated = BooleanField(default=False)


class SourceClaim(Record):
    """Says which item of this node's library a need belongs to; `id` is the need's, so that there is one."""

    meta: dict[str, Any] = {"collection": "source_claims", "indexes": ["item"]}
    part_of, part_by = LibraryItem, "item"
    item = StringField(required=True)
