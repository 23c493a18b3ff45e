"""The personal values that entries of the chain refer to: kept beside it, so that they can be erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mongoengine import DateTimeField, Document, DynamicField, IntField, StringField

from shared import clock
from shared.store.connection import database


class PersonalValue(Document):
    """A personal value that an entry refers to; `value` is gone once it was erased."""

    meta = {
        "collection": "personal_values",
        "strict": False,
        "indexes": [("record", "field")],
        "auto_create_index_on_save": False,
    }
    id = StringField(primary_key=True)
    record = StringField(required=True)
    kind = StringField()  # the collection of the record that holds the field
    field = StringField(required=True)
    sequence = IntField(required=True)  # of the record, by the entry that refers to it
    value = DynamicField()
    erased_at = DateTimeField()


def keep(entries: Iterable[Mapping[str, Any]]) -> None:
    """Keep the values of entries that are about to be sealed. What is here already stays, also as erased."""
    for one in entries:
        for reference, told in one.get("personal", {}).items():
            place = {"record": one["record"], "sequence": one["sequence"]}
            database()[PersonalValue._get_collection_name()].update_one(
                {"_id": reference}, {"$setOnInsert": told | place}, upsert=True
            )


def erase(record: str, fields: Iterable[str], before: int) -> int:
    """Erase the values of a record's fields that stood in it before its change `before`; returns how many."""
    where = {
        "record": record,
        "field": {"$in": list(fields)},
        "sequence": {"$lt": before},
        "erased_at": None,
    }
    gone = {"$unset": {"value": 1}, "$set": {"erased_at": clock.wall()}}
    return int(database()[PersonalValue._get_collection_name()].update_many(where, gone).modified_count)


def held() -> Iterator[dict[str, Any]]:
    """All that were not erased."""
    yield from database()[PersonalValue._get_collection_name()].find({"erased_at": None})


def erase_one(reference: str) -> None:
    gone = {"$unset": {"value": 1}, "$set": {"erased_at": clock.wall()}}
    database()[PersonalValue._get_collection_name()].update_one({"_id": reference}, gone)


def values(references: Iterable[str]) -> dict[str, Any]:
    """What is left of these references: the values by reference, without those that were erased."""
    found = database()[PersonalValue._get_collection_name()].find({"_id": {"$in": list(references)}})
    return {one["_id"]: one["value"] for one in found if "value" in one}
