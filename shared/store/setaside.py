"""Events whose effect waits for a record that this node is still to take over.

Until it has the record, the effect is its present owner's, who does not act any more from the moment on which
it gives the record away. What comes in between so must not be forgotten by both: the new owner sets it aside
and goes through it when it has taken over. Effects know their causes, so what the old owner did is not done
again.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from mongoengine import DateTimeField, DictField, Document, IntField, StringField

from shared import clock

if TYPE_CHECKING:
    from shared.events.envelope import Event

KEPT = timedelta(days=30)  # as long as sent events: longer than any hand-over


class SetAside(Document):
    """One event as it was read from the bus."""

    meta = {"collection": "set_aside", "indexes": ["kept_at"]}
    id = StringField(primary_key=True)
    kept_at = DateTimeField(required=True)
    times = IntField(default=0)  # how often it was set aside, again where it was gone through too early
    event = DictField()


def keep(event: Event) -> None:
    """Set an event aside."""
    SetAside._get_collection().update_one(
        {"_id": event.id},
        {"$setOnInsert": {"kept_at": clock.wall(), "event": asdict(event)}, "$inc": {"times": 1}},
        upsert=True,
    )


def waiting(after: str, limit: int) -> list[SetAside]:
    """What was set aside, in the order in which it came about, from the id `after` on."""
    return list(SetAside.objects(id__gt=after).order_by("id").limit(limit))


def forget(done: SetAside) -> None:
    """What was gone through is over, unless it was set aside again meanwhile."""
    SetAside.objects(id=done.id, times=done.times).delete()


def purge() -> int:
    """Forget what was set aside longer than KEPT ago; returns how many."""
    return int(
        SetAside._get_collection().delete_many({"kept_at": {"$lt": clock.wall() - KEPT}}).deleted_count
    )
