"""What this service remembers of other nodes' records that those may have forgotten in a restore.

A state that gives way to one of a higher epoch is kept here until its owner has been told of it: it may be newer
than what the owner's backup held, and then the owner's operators must know what was lost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from mongoengine import BooleanField, DateTimeField, DictField, Document, IntField, StringField

from shared import clock
from shared.store.connection import database

KEPT = timedelta(days=30)  # what was told
_FRESH = 2.0  # seconds that the epochs of other nodes are kept in memory
_MACHINERY = frozenset(
    {
        "_id",
        "area",
        "owner",
        "seat",
        "handing",
        "epoch",
        "sequence",
        "version",
        "schema_version",
        "inbox",
        "outbox",
        "pending_since",
    }
)

_listeners: list[Callable[[], None]] = []


class Memory(Document):
    """A record of another node as it was known here. `id` is `<service>.<noun>/<id of the record>`."""

    meta = {"collection": "memories", "strict": False, "indexes": [{"fields": ["untold"], "sparse": True}]}
    id = StringField(primary_key=True)
    of = StringField(required=True)  # <service>.<noun>
    record = StringField(required=True)
    owner = StringField(required=True)
    area = StringField(required=True)
    epoch = IntField(required=True)
    sequence = IntField(required=True)
    state = DictField()
    untold = BooleanField()  # unset once the owner was told
    noted_at = DateTimeField()


def note(of: str, known: Mapping[str, Any]) -> None:
    """Keep a record as it is stored, unless a newer state of it is kept."""
    collection, identifier = Memory._get_collection(), f"{of}/{known['_id']}"
    place = (known.get("epoch") or 0, known.get("sequence") or 0)
    before = collection.find_one({"_id": identifier}, {"epoch": 1, "sequence": 1})
    if before and (before["epoch"], before["sequence"]) >= place:
        return
    values = {
        "of": of,
        "record": known["_id"],
        "owner": known["owner"],
        "area": known["area"],
        "epoch": place[0],
        "sequence": place[1],
        "state": {key: _plain(value) for key, value in known.items() if key not in _MACHINERY},
        "untold": True,
        "noted_at": clock.wall(),
    }
    collection.replace_one({"_id": identifier}, values, upsert=True)
    for listener in _listeners:
        listener()


def listen(listener: Callable[[], None]) -> None:
    """Call `listener` in this process whenever something was noted."""
    _listeners.append(listener)


def forget(listener: Callable[[], None]) -> None:
    _listeners.remove(listener)


def epoch_of(owner: str) -> int:
    """Since which epoch a node tells anew; 0 for one that was never restored, as far as is known here."""
    return _epochs(int(time.monotonic() // _FRESH), database().name).get(owner, 0)


@lru_cache(maxsize=1)
def _epochs(_now: int, _database: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in database()["restatements"].find({"kind": "restore"}, {"asker": 1, "epoch": 1}):
        found[one["asker"]] = max(found.get(one["asker"], 0), one["epoch"])
    return found


def _plain(value: Any) -> Any:
    """As JSON has it."""
    match value:
        case datetime():
            return clock.text(value)
        case date():
            return value.isoformat()
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case _:
            return value


def untold(limit: int) -> list[Memory]:
    """Some that one owner has not been told of one of its nouns."""
    first = Memory.objects(untold=True).first()
    if first is None:
        return []
    return list(Memory.objects(untold=True, of=first.of, owner=first.owner).limit(limit))


def told(memories: Iterable[Memory]) -> None:
    identifiers = [one.id for one in memories]
    Memory._get_collection().update_many({"_id": {"$in": identifiers}}, {"$unset": {"untold": 1}})


def purge() -> None:
    before = clock.wall() - KEPT
    Memory._get_collection().delete_many({"noted_at": {"$lt": before}, "untold": None})
