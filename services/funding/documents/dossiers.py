"""What is stored of dossiers: the work of this node alone, told to nobody. What they are made of is what is told."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, Document, IntField, LongField, StringField


class Dossier(Document):
    """A dossier 卷宗 of a project that was asked for, and how far it is. `id` derives from the request's cause."""

    meta = {
        "collection": "dossiers",
        "strict": False,
        "indexes": [{"fields": ["open", "id"], "sparse": True}, ("project", "id")],
    }
    id = StringField(primary_key=True)
    project = StringField(required=True)
    round = StringField(required=True)
    actor = StringField(required=True)  # who asked
    status = StringField(default="waiting", choices=("waiting", "ready", "failed"))
    open = BooleanField()  # unset once there is nothing left to do
    attempts = IntField(default=0)
    sha256 = StringField()  # of the zip, which is kept under it
    size = LongField()  # bytes
    created_at = DateTimeField(required=True)
    finished_at = DateTimeField()
