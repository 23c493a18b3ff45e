"""A database's timeline: the epoch that its new records begin with, and whether a restore left it whole.

A restore goes back in time, so what the node tells afterwards may carry sequences that others have seen before
with another content. Its records therefore go on with a higher epoch, which outranks them. One document in the
service's own database says which; without one nothing was ever restored.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from shared.store.connection import database

COLLECTION = "timeline"
ID = "timeline"
FIRST = 1  # the epoch of records that no restore has touched


class NotWhole(Exception):
    """A restore began to load this database and has not finished."""


def epoch() -> int:
    """The epoch of records that are created now."""
    return _epoch(database().client.address, database().name)


@cache
def _epoch(_address: Any, name: str) -> int:
    """Kept for the life of the process: a restore refuses to begin while one runs."""
    return epoch_of(database().client[name])


def epoch_of(db: Any, session: Any = None) -> int:
    found = db[COLLECTION].find_one({"_id": ID}, session=session) or {}
    return int(found.get("epoch", FIRST))


def check_whole() -> None:
    """Raises NotWhole."""
    if loading(database()):
        raise NotWhole(
            f"a restore of the database {database().name} has not finished; run hatchery restore again"
        )


def loading(db: Any) -> bool:
    return db[COLLECTION].find_one({"_id": ID, "loading": True}) is not None


def begin(db: Any, epoch: int, since: datetime) -> None:
    """From now on no service starts on this database, until `finish`. What others sent after `since` may be
    missing in it."""
    told = {"epoch": epoch, "since": since, "loading": True}
    db[COLLECTION].update_one({"_id": ID}, {"$set": told}, upsert=True)


def finish(db: Any) -> None:
    db[COLLECTION].update_one({"_id": ID}, {"$unset": {"loading": 1}})


def restored() -> tuple[int, datetime] | None:
    """The epoch of the last restore of this database, and since when it may lack what others sent."""
    found = database()[COLLECTION].find_one({"_id": ID})
    return (int(found["epoch"]), found["since"]) if found else None
