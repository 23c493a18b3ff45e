"""What persons decided on proposals, and by what needs and items are found to be alike."""

from __future__ import annotations

from mongoengine import Document, IntField, ListField, StringField

from shared.store import Aggregate


class Distinction(Aggregate):
    """Needs that a person told apart 非同类项: none of one part is proposed together with one of another part."""

    meta = {"collection": "distinctions", "indexes": [("needs",)]}
    needs = ListField(StringField())
    parts = ListField(ListField(StringField()))
    by = StringField()  # account of who decided; stays here
    reasons = StringField()  # stays here


class SimilarEntry(Document):
    """What a need or an item of the library is found by, derived from the record of the same id.

    `services.needs.commands.similarity` alone writes these.
    """

    meta = {
        "collection": "similar_entries",
        "strict": False,
        "indexes": [("keys", "id"), ("sample",), {"fields": ["open_in"], "sparse": True}],
    }
    id = StringField(primary_key=True)
    kind = StringField(required=True)  # need, item
    area = StringField(required=True)
    keys = ListField(StringField())  # see `domain.similarity.keys`
    open_in = StringField()  # area of a need that is in no item
    sample = IntField()  # at random but always the same: the least ones are a sample of all
    of = IntField()  # place in time of the record's state


class SimilarState(Document):
    """How far the entries have come: one document, `id` is `form`."""

    meta = {"collection": "similar_state", "strict": False}
    id = StringField(primary_key=True)
    form = IntField(required=True)  # in which all entries are
