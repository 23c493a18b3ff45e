"""What the gateway stores: its own node's announcement."""

from __future__ import annotations

from mongoengine import DictField, ListField, StringField

from shared.store import Aggregate


class AnnouncedNode(Aggregate):
    """This node as it announced itself; `id` is its area."""

    meta = {"collection": "announced_nodes"}
    parent = StringField()
    services = ListField(StringField())
    url = StringField(required=True)
    keys = ListField(DictField())


ALL = (AnnouncedNode,)
