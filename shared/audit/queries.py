"""The chain as auditors read it. Personal values are not shown: entries hold references to them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from shared.audit.sealing import COLLECTION, matching
from shared.fields import Area, Moment, Schema
from shared.http.pages import Cursor, Page, PageQuery
from shared.store.connection import database


class AuditQuery(PageQuery):
    """Which entries, the oldest first."""

    record = fields.Str(load_default=None, metadata={"description": "id of a record"})
    actor = fields.Str(load_default=None, metadata={"description": "who changed something"})
    since = Moment(load_default=None, metadata={"description": "written then or later"})
    until = Moment(load_default=None, metadata={"description": "written before"})
    cursor = Cursor(int, load_default=None, metadata={"description": "`next` of the page before"})


class AuditView(Schema):
    """One entry of the audit chain."""

    number = fields.Int(attribute="_id")
    entry = fields.Str(metadata={"description": "id of the event that tells of the change"})
    written_at = fields.Str(metadata={"description": "by the machine's clock, RFC 3339"})
    at = fields.Str(metadata={"description": "when it happened, RFC 3339"})
    event = fields.Str()
    operation = fields.Str(metadata={"description": "the route, effect or command"})
    actor = fields.Str()
    grants = fields.List(
        fields.List(fields.Str()), metadata={"description": "pairs of role and area that counted"}
    )
    organisation = fields.Str(allow_none=True, metadata={"description": "that the actor acts for"})
    origin = fields.Str(metadata={"description": "the client's address, or who sent the event"})
    kind = fields.Str(metadata={"description": "the collection of the record"})
    record = fields.Str()
    area = Area()
    sequence = fields.Int()
    cause = fields.Str()
    correlation = fields.Str()
    before = fields.Dict()
    after = fields.Dict()
    written_with = fields.List(fields.Dict(), metadata={"description": "records created in the same write"})
    erases = fields.List(fields.Str(), metadata={"description": "personal fields that it erased"})
    epoch = fields.Int(metadata={"description": "raised by a restore from a backup"})
    previous = fields.Str(metadata={"description": "hash of the entry before"})
    hash = fields.Str(metadata={"description": "SHA-256 of this entry as canonical JSON, in hex"})


def entries(query: dict[str, Any]) -> Page[dict[str, Any]]:
    where = matching(**{name: query[name] for name in ("record", "actor", "since", "until")})
    if query["cursor"]:
        where["_id"] = {"$gt": query["cursor"][0]}
    found = list(database()[COLLECTION].find(where).sort("_id", 1).limit(query["limit"] + 1))
    return Page.of(found, query["limit"], lambda one: [int(one["_id"])])
