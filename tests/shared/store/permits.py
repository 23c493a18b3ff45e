"""A small subject to try the store with: permits, what is entered about them, and what another service sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields
from mongoengine import IntField, ListField, StringField

from shared.call import Call
from shared.errors import Text
from shared.events.types import Subject
from shared.node import Node, parse
from shared.store import Aggregate, ReadModel, Record, command, load, new, record, save, save_all

DISTRICT, STREET, COMMUNITY = "230102", "230102001", "230102001001"


class Permit(Aggregate):
    """A permit. Names are unique at a node, and so are office numbers."""

    meta = {
        "collection": "permits",
        "indexes": [
            {"fields": ["owner", "name"], "unique": True},
            {
                "fields": ["office_id"],
                "unique": True,
                "partialFilterExpression": {"office_id": {"$type": "string"}},
            },
        ],
    }
    name = StringField(required=True)
    office_id = StringField()
    holder = StringField()
    count = IntField(default=0)
    notes = ListField(StringField())


class Journal(Aggregate):
    """What the permits of a node add up to."""

    meta = {"collection": "journals"}
    total = IntField(default=0)


class JournalLine(Record):
    """One addition to a journal."""

    meta: dict[str, Any] = {
        "collection": "journal_lines",
        "indexes": [{"fields": ["number"], "unique": True, "sparse": True}],
    }
    amount = IntField(required=True)
    number = IntField()


class KnownPermit(ReadModel):
    """A permit as another service sees it."""

    meta = {"collection": "known_permits"}
    name = StringField()
    holder = StringField()


class PermitState(Schema):
    id = fields.Str()
    name = fields.Str(required=True)
    holder = fields.Str(allow_none=True, load_default=None)
    count = fields.Int()


class JournalState(Schema):
    id = fields.Str()
    total = fields.Int()


PERMIT = Subject("registry", "permit", PermitState, Text("permit", "许可"))
GRANTED = PERMIT.event("granted", Text("granted", "准予"))
COUNTED = PERMIT.event("counted", Text("counted", "计数"))
JOURNAL = Subject("registry", "journal", JournalState, Text("journal", "日志"), audience="node")
OPENED = JOURNAL.event("opened", Text("opened", "开立"))
ADDED = JOURNAL.event("added", Text("added", "增加"))
DOCUMENTS = (Permit, Journal, JournalLine, KnownPermit)


def node(area: str = DISTRICT, parent: str | None = None, *services: str) -> Node:
    made = parse("{area: '230102', url: u, port: 7000, broker: b, store: s, keys: k}", Path(), {})
    return replace(made, area=area, parent=parent, services=services, url=f"http://{area}")


HERE = node(DISTRICT, None, "registry")


def call(here: Node = HERE, **more: Any) -> Call:
    return Call(node=here, service="registry", **more)


@command
def grant(call: Call, /, name: str, area: str = DISTRICT, **values: Any) -> Permit:
    return save(call, new(call, Permit, area=area, name=name, **values), GRANTED)


@command
def count(call: Call, permit_id: str, by: int = 1) -> Permit:
    permit = load(call, Permit, permit_id)
    permit.count += by
    return save(call, permit, COUNTED)


@command
def change(call: Call, /, permit_id: str, **values: Any) -> Permit:
    permit = load(call, Permit, permit_id)
    for name, value in values.items():
        setattr(permit, name, value)
    return save(call, permit, COUNTED)


@command
def open_journal(call: Call) -> Journal:
    return save(call, new(call, Journal, area=DISTRICT), OPENED)


@command
def enter(call: Call, journal_id: str, permit_id: str, amount: int, number: int | None = None) -> Journal:
    """Add to the journal, count it at the permit, and write it down: three documents, all or none."""
    journal = load(call, Journal, journal_id)
    journal.total += amount
    permit = load(call, Permit, permit_id)
    permit.count += amount
    line = record(call, JournalLine, "line", amount=amount, number=number)
    save_all(call, (journal, ADDED), (permit, COUNTED), line)
    return journal


def raw(kind: Any, identifier: str) -> dict[str, Any]:
    """The document as the store has it."""
    found: dict[str, Any] | None = kind._get_collection().find_one({"_id": identifier})
    assert found is not None
    return found
