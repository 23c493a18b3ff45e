"""Sealing: entries move from their records into the chain, the oldest first, each once.

Three steps, each of which may be repeated: personal values are put aside, entries are appended to the chain
(collection `audit`, whose index on `entry` lets none in twice), and what the chain holds is taken out of the
records. Killed in between, the next round finds the entries in their records again, and appends only those that the
chain does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, NamedTuple

from mongoengine import Document, IntField, StringField

from shared import clock
from shared.audit import chain, values
from shared.audit.chain import Head
from shared.audit.trail import TRAIL, UNSEALED, Entry
from shared.store import timeline
from shared.store.connection import database
from shared.store.waiting import take_out

COLLECTION = "audit"
_EVER = clock.parse("2000-01-01T00:00:00Z")  # a bounded range makes the embedded store use the index


class SealedEntry(Document):
    """One entry of the chain; `id` is its number. Only what is looked for is a field: entries are read as they are
    stored. Nothing changes or deletes them."""

    meta = {
        "collection": COLLECTION,
        "strict": False,
        "indexes": [
            {"fields": ["entry"], "unique": True},
            ("record", "id"),
            ("actor", "id"),
            ("written_at", "id"),
        ],
    }
    id = IntField(primary_key=True)
    entry = StringField(required=True)  # id of the event that tells of the change
    record = StringField()
    actor = StringField()
    written_at = StringField(required=True)  # RFC 3339 in UTC with milliseconds, by the machine's clock


class Waiting(NamedTuple):
    """Entries of one record that are not taken out of it yet, the oldest first."""

    collection: str
    record: str
    entries: list[Entry]


def waiting(kinds: Iterable[type[Document]], limit: int) -> list[Waiting]:
    """Of up to `limit` records of each kind, those that wait longest first."""
    found = []
    for kind in kinds:
        collection = kind._get_collection()
        unsealed = (
            collection.find({UNSEALED: {"$gt": _EVER}}, {TRAIL: 1, UNSEALED: 1}).sort(UNSEALED).limit(limit)
        )
        found += [Waiting(collection.name, one["_id"], one.get(TRAIL, [])) for one in unsealed]
    return found


def matching(
    record: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[str, Any]:
    """A filter on entries of a record, of an actor, written from `since` on and before `until`."""
    where: dict[str, Any] = {
        name: value for name, value in (("record", record), ("actor", actor)) if value is not None
    }
    between = {"$gte": since and clock.text(since), "$lt": until and clock.text(until)}
    if limits := {key: value for key, value in between.items() if value is not None}:
        where["written_at"] = limits
    return where


# The newest entry that this process has seen, by database. Looking for the last entry reads the whole chain on the
# embedded store, so that is done once, and from there on entries are asked for by their numbers.
_seen: dict[str, dict[str, Any]] = {}


def head() -> Head:
    """The end of the chain. What was cut off since the last look stays seen: the chain is not sealed on as if
    nothing had happened, and `hatchery audit verify` tells the gap."""
    chained = database()[COLLECTION]
    last = _seen.get(chained.full_name) or chained.find_one(sort=[("_id", -1)])
    while last and (following := chained.find_one({"_id": last["_id"] + 1})):
        last = following
    if last:
        _seen[chained.full_name] = last
    return chain.head_of(last)


def append(found: Sequence[Waiting], limit: int) -> list[Entry]:
    """Append what the chain does not hold yet, `limit` entries at most; returns what it holds now.

    Raises BulkWriteError where another sealer was there at the same time: its entries count, and the rest waits.
    """
    oldest = _in_order(found)[:limit]
    ids = [one["id"] for one in oldest]
    known = {one["entry"] for one in database()[COLLECTION].find({"entry": {"$in": ids}}, {"entry": 1})}
    fresh = [one for one in oldest if one["id"] not in known]
    if fresh:
        values.keep(fresh)
        last, made = head(), []
        for one in fresh:
            made.append(chain.sealed(one, last, max(timeline.epoch(), last.epoch)))
            last = chain.head_of(made[-1])
        database()[COLLECTION].insert_many(made, ordered=True)
        _seen[database()[COLLECTION].full_name] = made[-1]
    return oldest


def _in_order(found: Iterable[Waiting]) -> list[Entry]:
    """By when they were written; within a record in their order, even if the clock was set back."""
    timed = []
    for one in found:
        moments = accumulate((entry["written_at"] for entry in one.entries), max)
        timed += list(zip(moments, one.entries, strict=True))
    return [entry for _, entry in sorted(timed, key=lambda each: each[0])]


def clear(found: Sequence[Waiting], held: Iterable[Entry]) -> None:
    """Take out of the records what the chain holds. Of an erasure, the values before it go first."""
    ids = set[str]()
    for one in held:
        ids.add(one["id"])
        if one.get("erases"):
            values.erase(one["record"], one["erases"], one["sequence"])
    left = [each for each in found if not each.entries or any(entry["id"] in ids for entry in each.entries)]
    for collection in {each.collection for each in left}:
        records = [each.record for each in left if each.collection == collection]
        take_out(database()[collection], records, list(ids), of=TRAIL, sign=UNSEALED)


def seal(kinds: Iterable[type[Document]], limit: int) -> int:
    """One round; returns how many entries left their records."""
    found = waiting(kinds, limit)
    held = append(found, limit) if found else []
    clear(found, held)
    return len(held)


def note_restore(node: str, service: str) -> bool:
    """After a restore, once: an entry that says so. The chain goes on behind what the backup held of it, and what
    was anchored later is missing; whether an entry was made now."""
    restored = timeline.restored()
    if restored is None or restored[0] <= (last := head()).epoch:
        return False
    epoch, since = restored
    now = clock.text(clock.wall())
    told: Mapping[str, Any] = {
        "id": f"restore:{node}/{service}:{epoch}",
        "at": now,
        "written_at": now,
        "event": chain.RESTORED,
        "operation": "restore",
        "actor": "platform",
        "origin": f"/{node}/{service}",
        "before": {},
        "after": {"head": last.number, "since": clock.text(since)},
    }
    database()[COLLECTION].insert_one(chain.sealed(told, last, epoch))
    return True
