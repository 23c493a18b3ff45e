"""Lists of what waits within records (events to be sent, entries to be sealed), and how it leaves them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymongo import UpdateOne
from pymongo.collection import Collection


def take_out(
    collection: Collection[Any], records: Sequence[str], entries: Sequence[str], *, of: str, sign: str
) -> None:
    """Take entries, by their ids, out of the list `of` of these records, and the field `sign`, which says since when
    some wait, out of those that are left with none.

    One request whatever their number, but a write for each record. `update_many` would be a single one, and the
    embedded store (SecantusDB 0.7.0b3) keeps the collection locked while such a write waits for a record that a
    transaction has changed: where the transaction had another record of the collection to change, both waited for each
    other for good. What commands add meanwhile stays.
    """
    stays = {"$not": [{"$in": ["$$one.id", list(entries)]}]}
    others = {"$filter": {"input": {"$ifNull": [f"${of}", []]}, "as": "one", "cond": stays}}
    waits = {"$cond": [{"$eq": [f"${of}", []]}, "$$REMOVE", f"${sign}"]}
    left: list[dict[str, Any]] = [{"$set": {of: others}}, {"$set": {sign: waits}}]
    collection.bulk_write([UpdateOne({"_id": record}, left) for record in records], ordered=False)
