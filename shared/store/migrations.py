"""Steps that bring stored records to the form of this version.

A kind of record names its steps; its newest form is 1 + their number, and each record says its own in
`schema_version`:

    class Station(Aggregate):
        steps = (Step("telephone", lambda kind, stored: {"telephone": stored.get("phone")}),)

A record is read as if its steps had been done (`raised`), so this version works on records that the one before it
wrote, also while both run. `run` writes the same down in small batches, for what queries by a new field would
otherwise miss. A step only adds fields: the version before goes on reading and writing the record beside this one.
What nothing reads any more is taken away no earlier than in the version after.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import UpdateOne

from shared import clock

if TYPE_CHECKING:
    from shared.store.aggregate import Aggregate

Stored = Mapping[str, Any]

COLLECTION = "migrations"
BATCH = 200  # records: some milliseconds of the store's time, between which commands get their turn
EMPTY: tuple[Any, ...] = (None, [], {})  # how the store keeps a field that nobody has filled
ROUNDS = 20  # attempts for a record that commands keep changing; what then is left, the next run does


@dataclass(frozen=True)
class Step:
    """`fields` tells what to add to a record of a kind as it is stored. It gives the same for the same record, and
    bears with missing fields: copies of other nodes' records lack those that are not shared.

    `on_read` is False where it has to look at other records, which is too much for each reading: then the kind's own
    methods bear with the missing field until `run` has filled it, and the field has no default.
    """

    name: str
    fields: Callable[[type[Aggregate], Stored], dict[str, Any]]
    on_read: bool = True


@dataclass(frozen=True)
class Progress:
    """Of one collection: `changed` of `total` records have the newest form now."""

    collection: str
    changed: int
    total: int


def newest(kind: type[Aggregate]) -> int:
    return 1 + len(kind.steps)


def raised(kind: type[Aggregate], stored: Stored, *, reading: bool = True) -> dict[str, Any]:
    """The record in the newest form, or as new as `reading` allows. What it has already stays, also what a newer
    version wrote."""
    form = stored.get("schema_version") or 1
    record = dict(stored)
    for step in kind.steps[form - 1 :]:
        if reading and not step.on_read:
            break
        record |= {k: v for k, v in step.fields(kind, record).items() if record.get(k) in EMPTY}
        form += 1
    return record | {"schema_version": form}


def outdated(kind: type[Aggregate]) -> dict[str, Any]:
    """A filter on records in an older form; copies have none until they are brought to the newest."""
    return {"$or": [{"schema_version": {"$lt": newest(kind)}}, {"schema_version": None}]}


def waiting(database: Any, kind: type[Aggregate]) -> int:
    """How many records are in an older form."""
    return int(database[kind._get_collection_name()].count_documents(outdated(kind))) if kind.steps else 0


def run(database: Any, kind: type[Aggregate], batch: int = BATCH) -> Generator[Progress]:
    """Bring all records of a kind to the newest form, in the order of their ids; yields after each batch.

    Killed at any point, the next run goes on where this one was (`COLLECTION` in the same database). Safe beside
    services of this version and of the one before, and beside another run.
    """
    name = kind._get_collection_name()
    state = _begun(database, kind, name)
    resumed = bool(state["cursor"])
    while True:
        where = outdated(kind) | {"_id": {"$gt": state["cursor"]}}
        found = list(database[name].find(where).sort("_id").limit(batch))
        if not found and resumed:  # what an older version has written behind the cursor since
            resumed, state["cursor"] = False, ""
            continue
        if not found:
            break
        state["changed"] += _bring(database[name], kind, found)
        state["cursor"] = found[-1]["_id"]
        _note(database, state)
        yield Progress(name, state["changed"], max(state["total"], state["changed"]))
    _note(database, state | {"finished_at": clock.wall()})


def _begun(database: Any, kind: type[Aggregate], name: str) -> dict[str, Any]:
    known: dict[str, Any] | None = database[COLLECTION].find_one({"_id": name})
    if known and known["to"] == newest(kind) and known["finished_at"] is None:
        return known
    return {
        "_id": name,
        "to": newest(kind),
        "steps": [step.name for step in kind.steps],
        "cursor": "",
        "changed": 0,
        "total": waiting(database, kind),
        "started_at": clock.wall(),
        "finished_at": None,
    }


def _note(database: Any, state: dict[str, Any]) -> None:
    database[COLLECTION].replace_one({"_id": state["_id"]}, state, upsert=True)


def _bring(collection: Any, kind: type[Aggregate], found: list[dict[str, Any]]) -> int:
    """How many of the records were changed; those that a command changed meanwhile are looked at again."""
    changed = 0
    for _ in range(ROUNDS):
        changed += collection.bulk_write([_update(kind, one) for one in found], ordered=False).modified_count
        again = outdated(kind) | {"_id": {"$in": [one["_id"] for one in found]}}
        found = list(collection.find(again))
        if not found:
            break
    return changed


def _update(kind: type[Aggregate], stored: Stored) -> UpdateOne:
    """Only where nobody was faster. A command that has loaded the record has to load it again: it would take away
    the new fields, as it does not know them yet. Copies have no version; events write them whole."""
    seen = {key: stored.get(key) for key in ("_id", "version", "epoch", "sequence", "schema_version")}
    new = raised(kind, stored, reading=False)
    update: dict[str, Any] = {"$set": {key: value for key, value in new.items() if stored.get(key) != value}}
    if "version" in stored:
        update["$inc"] = {"version": 1}
    return UpdateOne(seen, update)
