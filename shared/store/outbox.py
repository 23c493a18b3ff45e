"""The outbox as the relay sees it: what waits to be sent, and what was sent in the last 30 days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from mongoengine import DateTimeField, DictField, Document, StringField

from shared import clock
from shared.store import bulk, waiting
from shared.store.aggregate import Aggregate
from shared.store.connection import database

KEPT = timedelta(days=30)  # sent events, for `republish` after a broker was lost
_EVER = datetime(2000, 1, 1, tzinfo=UTC)  # a bounded range makes the embedded store use the index


class SentEvent(Document):
    """An event that the broker has confirmed."""

    meta = {"collection": "sent_events", "indexes": ["sent_at", "subject"]}
    id = StringField(primary_key=True)
    subject = StringField()
    sent_at = DateTimeField()
    envelope = DictField()


class Pending(NamedTuple):
    collection: str
    subject: str
    envelope: dict[str, Any]


def pending(kinds: Iterable[type[Aggregate]], limit: int) -> list[Pending]:
    """The oldest unsent event of up to `limit` records of each kind: one a subject, for its order."""
    found: list[Pending] = []
    for kind in kinds:
        collection = kind._get_collection()
        unsent = (
            collection.find({"pending_since": {"$gt": _EVER}}, {"outbox": {"$slice": 1}, "pending_since": 1})
            .sort("pending_since")
            .limit(limit)
        )
        emptied = []
        for document in unsent:
            if document.get("outbox"):
                found.append(Pending(collection.name, document["_id"], document["outbox"][0]))
            else:
                emptied.append(document["_id"])
        if emptied:  # by a process of version 0.3 or older, which took two steps and was killed between them
            collection.update_many(
                {"_id": {"$in": emptied}, "outbox": {"$size": 0}}, {"$unset": {"pending_since": 1}}
            )
    return found


def mark_sent(sent: list[Pending]) -> None:
    """Move confirmed events out of their records. Killed in between, they are sent again, ids unchanged."""
    if not sent:
        return
    db, now = database(), clock.wall()
    kept = [
        {"_id": p.envelope["id"], "subject": p.subject, "sent_at": now, "envelope": p.envelope} for p in sent
    ]
    bulk.insert_missing(db[SentEvent._get_collection_name()], kept)  # an earlier round may have kept some
    for collection in {p.collection for p in sent}:
        own = [p for p in sent if p.collection == collection]
        subjects, events = [p.subject for p in own], [p.envelope["id"] for p in own]
        waiting.take_out(db[collection], subjects, events, of="outbox", sign="pending_since")


def backlog(kinds: Iterable[type[Aggregate]]) -> tuple[int, float]:
    """Records with unsent events, and the age of the oldest in seconds."""
    count, oldest = 0, None
    for kind in kinds:
        collection = kind._get_collection()
        where = {"pending_since": {"$gt": _EVER}}
        count += collection.count_documents(where)
        first = collection.find_one(where, {"pending_since": 1}, sort=[("pending_since", 1)])
        if first and (oldest is None or first["pending_since"] < oldest):
            oldest = first["pending_since"]
    return count, (clock.wall() - oldest).total_seconds() if oldest else 0.0


def purge() -> int:
    """Forget sent events older than KEPT; returns how many."""
    return int(
        SentEvent._get_collection().delete_many({"sent_at": {"$lt": clock.wall() - KEPT}}).deleted_count
    )
