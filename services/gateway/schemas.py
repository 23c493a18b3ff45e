"""Forms of the gateway's answers."""

from __future__ import annotations

from marshmallow import fields

from shared.fields import Area, Schema
from shared.store.nodes import PublicKey


class ServedBy(Schema):
    """Who serves one service for this node's area."""

    service = fields.Str()
    hosted = fields.Bool(metadata={"description": "whether this node runs it itself"})
    node = Area(metadata={"description": "the node that serves it"})
    url = fields.Str(allow_none=True, metadata={"description": "that node's address"})


class NodeView(Schema):
    """This node: what it hosts, and who serves the rest."""

    area = Area()
    name = fields.Str()
    parent = Area(allow_none=True)
    url = fields.Str()
    services = fields.List(fields.Nested(ServedBy))
    keys = fields.List(fields.Nested(PublicKey))


class KnownNodeView(Schema):
    """Another node that this one knows."""

    id = Area()
    parent = Area(allow_none=True)
    services = fields.List(fields.Str())
    url = fields.Str()
