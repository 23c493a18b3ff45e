"""What the gateway stores: its own node's announcement, its requests for state, and its restores."""

from __future__ import annotations

from mongoengine import DateTimeField, DictField, Document, IntField, ListField, StringField

from shared.store import Aggregate


class AnnouncedNode(Aggregate):
    """This node as it announced itself; `id` is its area."""

    meta = {"collection": "announced_nodes"}
    parent = StringField()
    services = ListField(StringField())
    withdrawn = ListField(StringField())
    url = StringField(required=True)
    keys = ListField(DictField())


class Resync(Aggregate):
    """A request to all nodes above and below to tell the state again that this node's services keep."""

    meta = {"collection": "resyncs"}
    target = StringField(required=True)  # a service
    nouns = ListField(StringField())  # <service>.<noun>, as the services asked to know them at that time


class Restore(Aggregate):
    """That this node was restored from a backup, and goes on in the epoch of this record."""

    meta = {"collection": "restores"}
    since = DateTimeField(required=True)  # the node may lack what others sent since then


class KnownHead(Document):
    """A head of an audit chain as its node told it, kept for good. Of two that contradict each other both are
    kept: `id` is `<node>/<service>/<number>/<hash>`."""

    meta = {"collection": "known_heads", "strict": False, "indexes": [("node", "service", "number")]}
    id = StringField(primary_key=True)
    node = StringField(required=True)
    service = StringField(required=True)
    number = IntField(required=True)
    hash = StringField(required=True)
    chain_epoch = IntField(required=True)
    sealed_at = StringField(required=True)
    told_at = DateTimeField(required=True)


ALL = (AnnouncedNode, Resync, Restore, KnownHead)
