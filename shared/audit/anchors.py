"""Anchors: heads of a service's chain, told to others so that they stand outside of its store.

Each is a record of its own, whose event rises to all nodes above; their gateways keep every head that they were
ever told (`services.gateway`). A record that tells of the audit is not audited itself: there would be no end to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import ClassVar

from marshmallow import fields
from mongoengine import IntField, StringField

from shared import clock
from shared.audit import sealing
from shared.call import Call
from shared.errors import Text
from shared.events.types import EventType, Subject
from shared.fields import Area, Id, Schema
from shared.ids import derived_id
from shared.store.aggregate import Aggregate, command, find, save
from shared.store.connection import database

EVERY = 1000  # entries, or
WITHIN = timedelta(minutes=10)  # after an entry was sealed: until then nobody else knows of it


class AuditHead(Aggregate):
    """A head of the chain as it was told."""

    meta = {"collection": "audit_heads", "indexes": ["number"]}
    audited: ClassVar[bool] = False
    service = StringField(required=True)
    number = IntField(required=True)
    hash = StringField(required=True)
    chain_epoch = IntField(required=True)
    sealed_at = StringField(required=True)


class AuditHeadState(Schema):
    """A head of the audit chain of one service at one node; `area` is the node's."""

    id = Id(required=True)
    area = Area(required=True)
    service = fields.Str(required=True)
    number = fields.Int(required=True, metadata={"description": "entries in the chain"})
    hash = fields.Str(required=True, metadata={"description": "SHA-256 of the last entry, in hex"})
    chain_epoch = fields.Int(required=True, metadata={"description": "raised by a restore from a backup"})
    sealed_at = fields.Str(required=True, metadata={"description": "RFC 3339, by the node's clock"})


class Anchored(Schema):
    """The head as it has been told."""

    head = fields.Nested(
        AuditHeadState, allow_none=True, metadata={"description": "null while the chain is empty"}
    )


@cache
def subject(service: str) -> Subject:
    return Subject(service, "audit_head", AuditHeadState, Text("head of the audit chain", "审计链头"))


@cache
def anchored(service: str) -> EventType:
    return subject(service).event("anchored", Text("anchored", "锚定"))


def due(now: datetime) -> bool:
    """Whether the head has to be told: EVERY entries were sealed since it last was, or one waits since WITHIN."""
    last, entries = _last(), database()[sealing.COLLECTION]
    first = entries.find_one({"_id": {"$gt": last}}, sort=[("_id", 1)])
    if first is None:
        return False
    if entries.find_one({"_id": last + EVERY}, {"_id": 1}):
        return True
    return now - clock.parse(first["written_at"]) >= WITHIN


def _last() -> int:
    """The number that was told last of the chain as it is now."""
    epoch = sealing.head().epoch
    found = AuditHead.objects(chain_epoch=epoch).order_by("-number").first()
    return int(found.number) if found else 0


@command
def anchor(call: Call) -> AuditHead | None:
    """Tell the head as it is now, once; None where there is none."""
    last = database()[sealing.COLLECTION].find_one(sort=[("_id", -1)])
    if last is None:
        return None
    here = call.node.area
    cause = f"audit:{here}/{call.service}:{last['hash']}"
    identifier = derived_id(cause, "audit head")
    if known := find(AuditHead, identifier):
        return known
    made = AuditHead(id=identifier, area=here, owner=here, seat=here, created_at=call.now)
    made.service, made.number, made.hash = call.service, last["_id"], last["hash"]
    made.chain_epoch, made.sealed_at = last["epoch"], last["written_at"]
    return save(replace(call, cause=cause), made, anchored(call.service))
