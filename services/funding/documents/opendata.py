"""What open data is made from: the states of rounds, and of what belongs to them, as events told them.

`services.funding.commands.opendata` alone writes these.
"""

from __future__ import annotations

from mongoengine import DictField, Document, IntField, StringField


class ToldState(Document):
    """A state of a record as an event told it. `id` is made of the record's id and the state's place in time, so that
    the same state is kept once, whoever tells it and however often."""

    meta = {"collection": "told_states", "strict": False, "indexes": ["round"]}
    id = StringField(primary_key=True)
    round = StringField(required=True)
    noun = StringField(required=True)
    subject = StringField(required=True)
    at = StringField(required=True)  # RFC 3339 in UTC, as releases tell it
    epoch = IntField(required=True)
    sequence = IntField(required=True)
    state = DictField(required=True)  # the fields of schemas.opendata, as JSON has them
