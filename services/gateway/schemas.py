"""Forms of the gateway's answers."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.events.handlers import ResyncAsked
from shared.fields import Area, Moment, Schema
from shared.http import Cursor, PageQuery
from shared.node import GATEWAY, SERVICES
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
    """Another node that this one knows, with the keys that its tokens may be signed with."""

    id = Area()
    parent = Area(allow_none=True)
    services = fields.List(fields.Str())
    withdrawn = fields.List(fields.Str())
    url = fields.Str()
    keys = fields.List(fields.Nested(PublicKey))


class ResyncState(ResyncAsked):
    """What the other nodes learn of a request for state."""


class NewResync(Schema):
    """Which service is to hear its state again."""

    service = fields.Str(
        required=True,
        validate=validate.OneOf([GATEWAY, *SERVICES]),
        metadata={"description": "one that this node hosts"},
    )


class ResyncView(Schema):
    """A request for state. Who has answered it, each service says under /api/<service>/resyncs/<id>."""

    id = fields.Str()
    target = fields.Str()
    nouns = fields.List(fields.Str())
    created_at = Moment()


class RestoreView(Schema):
    """A restore. Who has told all that this node may lack, /api/resyncs/<id> says."""

    id = fields.Str()
    epoch = fields.Int(metadata={"description": "that this node's records go on in"})
    since = Moment(metadata={"description": "others send again what they sent since then"})
    created_at = Moment()


class Withdrawal(Schema):
    """Services whose records the node above owns again, though they run here still."""

    services = fields.List(fields.Str(validate=validate.OneOf(SERVICES)), required=True)


class HeadQuery(PageQuery):
    """Of which chain."""

    node = Area(required=True)
    service = fields.Str(required=True, validate=validate.OneOf([GATEWAY, *SERVICES]))
    cursor = Cursor(int, str, load_default=None, metadata={"description": "`next` of the page before"})


class HeadView(Schema):
    """A head of an audit chain, as its node told it."""

    node = Area()
    service = fields.Str()
    number = fields.Int(metadata={"description": "entries in the chain"})
    hash = fields.Str(metadata={"description": "SHA-256 of the last entry, in hex"})
    chain_epoch = fields.Int(metadata={"description": "raised by a restore from a backup"})
    sealed_at = fields.Str(metadata={"description": "RFC 3339, by the node's clock"})
    told_at = Moment()
