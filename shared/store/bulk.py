"""Writes of many documents at once, of which some may be there already, or be written by others meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

DUPLICATE = 11000  # MongoDB's code

Change = InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]] | UpdateOne | DeleteOne


def only_duplicates(error: BulkWriteError) -> bool:
    """Whether nothing failed but what is there already."""
    return all(fault["code"] == DUPLICATE for fault in error.details["writeErrors"])


def insert_missing(collection: Collection[Any], documents: Sequence[dict[str, Any]]) -> None:
    """Insert them; those that are there already stay as they are."""
    try:
        collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        if not only_duplicates(error):
            raise


def all_written(collection: Collection[Any], changes: Sequence[Change]) -> bool:
    """Make changes, each of which says what it expects to meet; whether all of them met it. False where somebody else
    was there since."""
    if not changes:
        return True
    try:
        done = collection.bulk_write(changes, ordered=False)
    except BulkWriteError as error:
        if not only_duplicates(error):
            raise
        return False
    return done.inserted_count + done.matched_count + done.deleted_count == len(changes)
