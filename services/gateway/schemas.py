"""Forms of the gateway's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate, validates_schema

from shared.errors import Text
from shared.events.handlers import ResyncAsked
from shared.fields import Area, Moment, Schema, wrong
from shared.http import Cursor, PageQuery
from shared.node import GATEWAY, SERVICES
from shared.persons.requests import KINDS, DataRequestState
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


class Person(Schema):
    """What identifies a person in our records; one at least."""

    name = fields.Str(validate=validate.Length(1, 100))
    phone = fields.Str(validate=validate.Length(5, 30))
    email = fields.Str(validate=validate.Length(3, 200))
    id_number = fields.Str(validate=validate.Length(5, 30))

    @validates_schema
    def _someone(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data.keys() & {"phone", "email", "id_number"}:
            raise wrong(
                Text("A name alone does not tell who it is.", "仅凭姓名无法确定本人。"),
                Text(
                    "Give a phone number, an e-mail address or an id number.", "请填写电话、邮箱或证件号码。"
                ),
            )


class NewDataRequest(Schema):
    """A request 请求 of a person who has shown who they are."""

    area = Area(required=True)
    kind = fields.Str(
        required=True,
        validate=validate.OneOf(KINDS),
        metadata={"description": "access 查阅复制, correction 更正, erasure 删除"},
    )
    person = fields.Nested(Person, required=True)
    identity = fields.Str(
        required=True,
        validate=validate.Length(1, 200),
        metadata={"description": "how it was checked; not the number of a paper"},
    )


class ExecutionOfRequest(Schema):
    """What one service has done."""

    service = fields.Str()
    found = fields.Int()
    changed = fields.Int()
    kept = fields.Int()
    reasons = fields.List(fields.Str())
    at = Moment()


class DataRequestView(DataRequestState):
    """A request as those see it who carry it out; without what was erased when it was closed."""

    person = fields.Nested(Person, attribute="who_asks", allow_none=True)
    identity = fields.Str()
    reasons = fields.Str(allow_none=True)
    due_at = Moment()
    due_certain = fields.Bool(metadata={"description": "false where a holiday notice is still to come"})
    executions = fields.List(fields.Nested(ExecutionOfRequest))
    created_at = Moment()
    closed_at = Moment(allow_none=True)


class DataRequestQuery(PageQuery):
    """Which requests."""

    status = fields.Str(load_default=None, validate=validate.OneOf(["received", "refused", "closed"]))


class Refusal(Schema):
    """Why a request is refused."""

    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))
