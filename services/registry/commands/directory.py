"""Keeping the directory 名录: entries are worked out from the records that this service stores, whenever one of them
becomes new, and never written otherwise.

An entry and the counts that it is part of are written in one transaction, only where the entry is as it was when the
records were read: whoever is late reads them again, and so does whoever has written. So processes and repeats cannot
leave an older state behind.
"""

from __future__ import annotations

import random
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, NamedTuple

from mongoengine import Document
from pymongo import DeleteOne, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, OperationFailure

from services.registry.documents.directory import DirectoryCount, DirectoryEntry, DirectoryState
from services.registry.documents.inspection import KnownGrade
from services.registry.documents.organisations import Organisation
from services.registry.documents.summaries import Summary
from services.registry.domain import directory as rules
from services.registry.domain import spelling
from services.registry.domain.directory import Cell
from shared import areas, clock
from shared.events.handlers import Work
from shared.store.bulk import DUPLICATE
from shared.store.connection import database

ATTEMPTS = 10  # for entries that others write at the same time
PAUSE = 0.005  # seconds at most before the second attempt, twice as long before each further one
BATCH = 25  # entries in one transaction: it writes some fifty index entries for each
FAMILIES = ("kinds", "founded", "ended")  # of counts
PART = 500  # entries in one answer
_WRITE_CONFLICT = 112  # MongoDB's code

Stored = dict[str, Any]
Watch = Callable[[int], None]


class Difference(NamedTuple):
    """What a look through the whole directory found: entries that were not as the records say, and counts."""

    looked_at: int
    entries: int
    counts: int


def refresh(identifiers: Iterable[str], today: date | None = None) -> int:
    """Work out the entries of these organisations again; how many of them have changed. Raises RuntimeError where
    others keep writing the same ones."""
    day = today or _today()
    return sum(_refresh(several, day) for several in _batches(dict.fromkeys(identifiers)))


def _refresh(ids: Sequence[str], day: date) -> int:
    """Works until a look finds all as the records say. Whoever finds an entry as it should be writes nothing, which
    somebody who still has older records in hand cannot see: so whoever has written looks again."""
    changed: set[str] = set()
    for attempt in range(ATTEMPTS):
        changes = _changes(ids, day)
        if not changes:
            return len(changed)
        if _write(changes):
            changed |= {(new or old or {})["_id"] for old, new in changes}
        else:
            time.sleep(random.uniform(0, PAUSE * 2**attempt))  # noqa: S311, spreads competitors
    raise RuntimeError(f"the directory's entries of {len(ids)} organisations keep changing")


def after_organisations(work: Work) -> None:
    refresh(event.subject for event, _ in work)


def after_summaries(work: Work) -> None:
    refresh(data["organisation"] for _, data in work if data)


def after_grades(work: Work) -> None:
    refresh(data["organisation"] for _, data in work if data)


def turn_grades(today: date | None = None) -> int:
    """Work out the entries whose grade begins or lapses by today."""
    day = today or _today()
    due = DirectoryEntry.objects(grade_turns_on__lte=day).only("id")
    return refresh([one.id for one in due], day)


def catch_up() -> int:
    """Work out all entries where they are of another form than this version's, or were never made."""
    state = DirectoryState.objects(id="form").first()
    if state and state.form == rules.FORM:
        return 0
    _, found = _rework(dry_run=False)
    DirectoryState(id="form", form=rules.FORM).save()
    return found


def rebuild(*, dry_run: bool = False, watch: Watch = lambda looked_at: None) -> Difference:
    """Look through the whole directory, and put right what is not as the records say. Services go on meanwhile; with
    `dry_run` nothing is written, and what changes meanwhile may be counted as different. `watch` is told now and
    then how many records and entries have been looked at."""
    looked_at, different = _rework(dry_run=dry_run, watch=watch)
    return Difference(looked_at, different, recount(dry_run=dry_run))


def _rework(*, dry_run: bool, watch: Watch = lambda looked_at: None) -> tuple[int, int]:
    """How many were looked at, and how many entries were not as the records say."""
    looked_at = different = 0
    for several in _batches(_everybody()):
        looked_at += len(several)
        ids = list(dict.fromkeys(several))
        different += len(_changes(ids, _today())) if dry_run else refresh(ids)
        watch(looked_at)
    return looked_at, different


def recount(*, dry_run: bool = False) -> int:
    """Count all entries again; how many counts were wrong. One snapshot: what changes meanwhile adds to it."""
    entries = DirectoryEntry._get_collection()
    with database().client.start_session() as session, session.start_transaction():
        counted: Counter[Cell] = Counter()
        for part in _parts(entries.estimated_document_count()):
            for entry in entries.find({"sample": part}, session=session):
                counted.update(rules.cells(entry))
        wrong = counted.copy()
        for one in DirectoryCount._get_collection().find({}, session=session):
            for family in FAMILIES:
                for key, n in one.get(family, {}).items():
                    wrong[Cell(one["_id"], family, tuple(rules.alike(key)))] -= n
        wrong = Counter({cell: n for cell, n in wrong.items() if n})
        if wrong and not dry_run:
            _count(wrong, session)
        return len(wrong)


def _parts(total: int) -> Iterator[dict[str, int]]:
    """Bounds of `sample`, between which some PART entries lie: the store answers a whole collection too slowly."""
    width = rules.SAMPLES // max(1, total // PART) + 1
    for low in range(0, rules.SAMPLES, width):
        yield {"$gte": low, "$lt": low + width}


def _batches(of: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(of)
    while several := list(islice(rest, BATCH)):
        yield several


def _today() -> date:
    return rules.day_of(clock.wall())


def _everybody() -> Iterator[str]:
    """Every organisation that a record or an entry tells of, once."""
    yield from _all(Organisation, "_id")
    for several in _batches(_all(Summary, "organisation")):
        yield from _not_among(several, (Organisation, "_id"))
    for several in _batches(_all(DirectoryEntry, "_id")):
        yield from _not_among(several, (Organisation, "_id"), (Summary, "organisation"))


def _all(kind: type[Document], field: str) -> Iterator[str]:
    return (one[field] for one in kind._get_collection().find({}, {field: 1}))


def _not_among(ids: Sequence[str], *places: tuple[type[Document], str]) -> set[str]:
    left = set(ids)
    for kind, field in places:
        left -= {one[field] for one in kind._get_collection().find({field: {"$in": list(ids)}}, {field: 1})}
    return left


# --- what an entry is


def _entries(ids: Sequence[str], day: date, stored: Mapping[str, Stored]) -> dict[str, Stored]:
    """The entries of organisations as the records have them. `stored` are theirs up to now."""
    known: dict[str, Any] = {one.organisation: one for one in Summary.objects(organisation__in=ids)}
    known |= {one.id: one for one in Organisation.objects(id__in=ids)}
    grades: dict[str, list[tuple[str, date, date]]] = {}
    for one in KnownGrade.objects(organisation__in=list(known)):
        grades.setdefault(one.organisation, []).append((one.grade, one.valid_from, one.valid_until))
    return {
        key: _entry(key, one, rules.grade_on(day, grades.get(key, ())), stored.get(key))
        for key, one in known.items()
    }


def _entry(
    identifier: str, known: Organisation | Summary, grading: rules.Grading, stored: Stored | None
) -> Stored:
    established = getattr(known, "established_on", None)
    code, history = getattr(known, "credit_code", None), getattr(known, "history", ())
    facets = {
        "track": known.track,
        "type": known.type,
        "category": known.category,
        "status": known.status,
        "grade": grading.grade,
    }
    found = rules.facet_keys(known.area, facets)
    spelt = _spelt(identifier, known.name, code, stored)
    entry = (
        facets
        | spelt
        | {
            "_id": identifier,
            "area": known.area,
            "name": known.name,
            "credit_code": code,
            "grade_turns_on": _midnight(grading.turns_on),
            "established_on": _midnight(established),
            "ended_on": _midnight(rules.ended_on(known.status, history, getattr(known, "decided_at", None))),
            "keys": [*found, *spelt["keys"]],
            "facets": found,
            "newest": rules.by_newest(established, identifier),
            "sample": zlib.crc32(identifier.encode()) % rules.SAMPLES,
            "form": rules.FORM,
        }
    )
    return {name: value for name, value in entry.items() if value is not None}


def _spelt(identifier: str, name: str, code: str | None, stored: Stored | None) -> Stored:
    """What follows from name and code alone. Reading a name is half of the work, and names hardly ever change."""
    if stored and (stored["name"], stored.get("credit_code"), stored["form"]) == (name, code, rules.FORM):
        keys = stored["keys"][len(stored["facets"]) :]
        return {"pinyin": stored["pinyin"], "order": stored["order"], "keys": keys}
    folded = spelling.fold(name)
    read = spelling.readings(folded)
    return {
        "pinyin": spelling.written(read),
        "order": rules.by_name(read, identifier),
        "keys": rules.name_keys(folded, read, code),
    }


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _count(more: Mapping[Cell, int], session: Any) -> None:
    """Add to the counts, one write for each area."""
    added: dict[str, dict[str, int]] = {}
    for cell, n in more.items():
        added.setdefault(cell.area, {})[f"{cell.family}.{cell.key}"] = n
    writes = [
        UpdateOne({"_id": area}, {"$inc": each, "$setOnInsert": {"parent": areas.parent(area)}}, upsert=True)
        for area, each in sorted(added.items())
    ]
    DirectoryCount._get_collection().bulk_write(writes, ordered=False, session=session)


# --- the one write


class Change(NamedTuple):
    """An entry as it is stored and as it ought to be; None where there is none."""

    old: Stored | None
    new: Stored | None


def _changes(ids: Sequence[str], day: date) -> list[Change]:
    # The entry is read before the records that it comes from: if it is still the same at the write, nobody has
    # worked it out from newer ones meanwhile.
    stored = {one["_id"]: one for one in DirectoryEntry._get_collection().find({"_id": {"$in": list(ids)}})}
    wanted = _entries(ids, day, stored)
    pairs = [Change(stored.get(each), wanted.get(each)) for each in ids]
    return [pair for pair in pairs if _plain(pair.old) != _plain(pair.new)]


def _plain(entry: Stored | None) -> Stored | None:
    return {name: value for name, value in entry.items() if name != "revision"} if entry else None


def _write(changes: Sequence[Change]) -> bool:
    """Whether all of it was written; False where somebody else was there since the entries were read."""
    if not changes:
        return True
    more: Counter[Cell] = Counter()
    for old, new in changes:
        more.update(rules.cells(new) if new else ())
        more.subtract(rules.cells(old) if old else ())
    try:
        with database().client.start_session() as session, session.start_transaction():
            done = DirectoryEntry._get_collection().bulk_write(
                [_operation(change) for change in changes], ordered=False, session=session
            )
            if done.inserted_count + done.matched_count + done.deleted_count < len(changes):
                session.abort_transaction()
                return False
            if more := Counter({cell: n for cell, n in more.items() if n}):
                _count(more, session)
    except BulkWriteError as error:
        if all(each["code"] in (DUPLICATE, _WRITE_CONFLICT) for each in error.details["writeErrors"]):
            return False
        raise
    except OperationFailure as error:
        if error.code in (_WRITE_CONFLICT, DUPLICATE) or error.has_error_label("TransientTransactionError"):
            return False
        raise
    return True


def _operation(change: Change) -> InsertOne[Stored] | ReplaceOne[Stored] | DeleteOne:
    old, new = change
    if new is None:
        assert old is not None
        return DeleteOne({"_id": old["_id"], "revision": old["revision"]})
    if old is None:
        return InsertOne(new | {"revision": 1})
    return ReplaceOne(
        {"_id": old["_id"], "revision": old["revision"]}, new | {"revision": old["revision"] + 1}
    )
