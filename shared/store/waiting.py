"""Lists of what waits within records (events to be sent, entries to be sealed), and how it leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymongo.collection import Collection


def take_out(
    collection: Collection[Any], records: Sequence[str], entries: Sequence[str], *, of: str, sign: str
) -> None:
    """Take entries, by their ids, out of the list `of` of these records, and the field `sign`, which says since when
    some wait, out of those that are left with none.

    One write whatever their number: written one by one, each would wait for the disk. What commands add meanwhile
    stays.
    """
    stays = {"$not": [{"$in": ["$$one.id", list(entries)]}]}
    others = {"$filter": {"input": {"$ifNull": [f"${of}", []]}, "as": "one", "cond": stays}}
    waits = {"$cond": [{"$eq": [f"${of}", []]}, "$$REMOVE", f"${sign}"]}
    collection.update_many({"_id": {"$in": list(records)}}, [{"$set": {of: others}}, {"$set": {sign: waits}}])
