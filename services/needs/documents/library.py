"""The need library as the service stores it."""

from __future__ import annotations

from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from services.needs.domain import library as rules
from shared.lifecycle import initial
from shared.store import Aggregate, Record


class LibraryItem(Aggregate):
    """An item of the need library 需求库, which links all needs that it was made of."""

    meta = {"collection": "library", "indexes": [("area", "status"), ("sources",)]}
    title = StringField(required=True)
    category = StringField(required=True)
    group = StringField()
    sources = ListField(StringField())
    left = ListField(StringField())  # needs that were sources once
    status = StringField(default=initial(rules.ItemLife))
    votes = DictField()
    reasons = StringField()
    panel = StringField()  # that decided on it last
    notice_ends_at = DateTimeField()  # the last moment of its public notice
    generated = BooleanField(default=False)


class SourceClaim(Record):
    """One step of a need in this node's library: an item took it in, or it went out. The last one says where it is.

    The first has the need's id, the others the need's id and their number: of two steps that are taken at once only
    one can be the next. Those of version 0.3 say no more than the item.
    """

    meta: dict[str, Any] = {
        "collection": "source_claims",
        "indexes": ["item", {"fields": ["need"], "sparse": True}],
    }
    part_of, part_by = LibraryItem, "item"
    item = StringField(required=True)
    step = StringField(choices=rules.STEPS, default="taken_in")
    need = StringField()  # of all but the first, whose id says it
    number = IntField(default=1)
    other = StringField()  # the item that it came from or went to
    by = StringField()  # account of who decided
    reasons = StringField()

    @property
    def source(self) -> str:
        return str(self.need or self.id)
