"""A lease in the store: of all processes of a service at a node, one at a time is the relay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared import clock
from shared.ids import new_id
from shared.store.connection import database

LASTS = timedelta(seconds=15)  # a killed holder is replaced after that
RENEWALS = 3  # within that time: how often a holder says that it lives
# No lease is taken for longer than it lasts. One that seems to run for this much longer was taken while the machine's
# clock was wrong, and would otherwise be waited for as long as it was wrong; less than this, machines may differ.
AHEAD = timedelta(minutes=1)


class Lease:
    """Held by whoever renewed it last. A holder that was frozen past its end may act once more before it
    notices; what it does must therefore be harmless twice (events are told apart by id)."""

    def __init__(self, name: str, lasts: timedelta = LASTS) -> None:
        self.name = name
        self.lasts = lasts
        self.holder = new_id()
        self._renewed = datetime.min.replace(tzinfo=UTC)
        self._nudge: str | None = None  # the last that was heard of

    def take(self) -> bool:
        """Take it, or renew it where that is due; False while somebody else holds it."""
        now = clock.wall()
        since = now - self._renewed  # less than nought where the clock was put back
        if timedelta() <= since < self.lasts / RENEWALS:
            return True
        free = [{"expires": {"$lt": now}}, {"expires": {"$gt": now + self.lasts + AHEAD}}]
        mine = {"_id": self.name, "$or": [{"holder": self.holder}, *free]}
        change = {"$set": {"holder": self.holder, "expires": now + self.lasts}}
        try:
            held = database()["leases"].find_one_and_update(
                mine, change, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            return False
        if held is None or held["holder"] != self.holder:
            return False
        self._renewed = now
        return True

    def release(self) -> None:
        self._renewed = datetime.min.replace(tzinfo=UTC)
        database()["leases"].delete_one({"_id": self.name, "holder": self.holder})

    def nudge(self) -> None:
        """Tell the holder that there is something to do. Nothing happens while there is none: who takes the lease
        next looks in any case."""
        # Not a count: a lease that is released forgets it, and would come to the same number again.
        database()["leases"].update_one({"_id": self.name}, {"$set": {"nudge": new_id()}})

    def nudged(self) -> bool:
        """Whether the holder was nudged since it last asked."""
        found = database()["leases"].find_one({"_id": self.name}, {"nudge": 1}) or {}
        before, self._nudge = self._nudge, found.get("nudge")
        return self._nudge not in (None, before)
