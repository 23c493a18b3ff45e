"""What the gateway stores: its own node's announcement, its requests for state, and its restores."""

from __future__ import annotations

from mongoengine import BooleanField, DateTimeField, DictField, Document, IntField, ListField, StringField

from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.persons.requests import KINDS
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


class DataRequest(Aggregate):
    """A person's request to see, correct or erase their data 个人信息查阅复制、更正、删除. It stays at its node."""

    meta = {"collection": "data_requests", "indexes": [("status", "due_at")]}
    personal = {
        "person": Personal(
            Text("to find the person's data, and to answer", "查找本人信息并答复"),
            DUTY,
            kept=Text("until the request is closed, which erases it", "保存至请求办结，办结即删除"),
        )
    }
    kind = StringField(required=True, choices=KINDS)
    person = DictField()  # what identifies the person, as they gave it
    references = ListField(StringField())
    identity = StringField(required=True)  # how it was checked that it is their own
    status = StringField(default="received")
    reasons = StringField()
    due_at = DateTimeField(required=True)
    due_certain = BooleanField(default=True)  # False where a holiday notice is still to come
    executions = ListField(DictField())  # service, found, changed, kept, reasons, at
    closed_at = DateTimeField()

    @property
    def who_asks(self) -> dict[str, str] | None:
        return self.person or None  # the store keeps "nobody" as an empty mapping


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


ALL = (AnnouncedNode, Resync, Restore, DataRequest, KnownHead)
