"""Read models: what a service keeps of other services' or nodes' records, by their newest state.

Events may arrive twice and out of order. Each carries the subject's full shared state with an `epoch` (raised
by a restore) and a `sequence`; what is older than what is known is ignored.
"""

from __future__ import annotations

from typing import Any

from mongoengine import DateTimeField, Document, IntField, StringField
from pymongo.errors import DuplicateKeyError


class ReadModel(Document):
    """What another service's record looks like from here."""

    meta = {"abstract": True, "strict": False, "indexes": ["area"]}
    id = StringField(primary_key=True)
    area = StringField()
    owner = StringField()
    epoch = IntField(default=0)
    sequence = IntField(default=0)
    updated_at = DateTimeField()


def put(
    kind: type[Document],
    identifier: str,
    epoch: int,
    sequence: int,
    state: dict[str, Any],
    *,
    only_where: dict[str, Any] | None = None,
    again: bool = False,
) -> bool:
    """Write `state` if it is newer than what is known. Returns False for what is stale or known.

    `again` also writes what is known, for read models that have learned to look at more of it.
    """
    newer = (only_where or {}) | {
        "_id": identifier,
        "$or": [
            {"epoch": {"$lt": epoch}},
            {"epoch": epoch, "sequence": {"$lte" if again else "$lt": sequence}},
        ],
    }
    change = {"$set": state | {"epoch": epoch, "sequence": sequence}}
    collection = kind._get_collection()
    try:
        collection.update_one(newer, change, upsert=True)
    except DuplicateKeyError:
        if collection.find_one({"_id": identifier}, {"_id": 1}) is None:
            raise  # another unique index: what stands in the way may go, so the event must come again
        # It is there, perhaps only since a moment ago, and then what came in between may be older.
        return bool(collection.update_one(newer, change).matched_count)
    return True
