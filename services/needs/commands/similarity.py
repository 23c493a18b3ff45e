"""Keeping the entries by which needs and items are found to be alike: worked out from the records that this service
stores, whenever one of them becomes new, and never written otherwise."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pymongo import DeleteOne, InsertOne, ReplaceOne

from services.needs.documents import LibraryItem, Need, SimilarEntry, SimilarState
from services.needs.domain import similarity as rules
from shared.events.handlers import Work
from shared.store import Aggregate
from shared.store.bulk import Change, all_written

ATTEMPTS = 10  # for an entry that others write at the same time
EPOCH = 2**40  # sequences of one epoch stay below that

Entry = dict[str, Any]


def after_needs(work: Work) -> None:
    _refresh(Need, [event.subject for event, _ in work], entry_of_need)


def after_items(work: Work) -> None:
    _refresh(LibraryItem, [event.subject for event, _ in work], _of_item)


def catch_up() -> int:
    """Work out all entries where they are of another form than this version's, or were never made; how many."""
    state = SimilarState.objects(id="form").first()
    if state and state.form == rules.FORM:
        return 0
    count = 0
    for kind, about in ((Need, entry_of_need), (LibraryItem, _of_item)):
        for identifier in _all(kind):
            _refresh(kind, [identifier], about)
            count += 1
    SimilarState(id="form", form=rules.FORM).save()
    return count


def _all(kind: type[Aggregate]) -> Iterator[str]:
    return (str(one["_id"]) for one in kind._get_collection().find({}, {"_id": 1}))


def _refresh(kind: type[Aggregate], identifiers: Sequence[str], about: Callable[[Any], Entry | None]) -> None:
    """Two questions and one write, whatever their number. Whoever is overtaken by newer states of the records leaves
    those alone. Raises RuntimeError where others keep writing the same entries."""
    entries, due = SimilarEntry._get_collection(), list(set(identifiers))
    for _ in range(ATTEMPTS):
        # Read first: the embedded store reads the whole collection for an "older than" within the update.
        known = {one["_id"]: one["of"] for one in entries.find({"_id": {"$in": due}}, {"of": 1})}
        records = {record.id: record for record in kind.objects(id__in=due)}
        changes = [
            change
            for identifier in due
            if (change := _change(identifier, records.get(identifier), known.get(identifier), about))
        ]
        if all_written(entries, changes):
            return
    raise RuntimeError(f"the entries of {', '.join(due)} keep changing")


def _change(
    identifier: str, record: Any, known: int | None, about: Callable[[Any], Entry | None]
) -> Change | None:
    """What is to be done with one entry, of which the state `known` is stored."""
    made = about(record) if record is not None else None
    if made is None:
        return DeleteOne({"_id": identifier}) if known is not None else None
    made["of"] = record.epoch * EPOCH + record.sequence
    if known is None:
        return InsertOne({"_id": identifier} | made)
    return ReplaceOne({"_id": identifier, "of": known}, made) if known <= made["of"] else None


def entry_of_need(need: Need) -> Entry:
    """What a need is found by."""
    open_in = {"open_in": need.area} if need.item is None else {}
    return _entry("need", need, rules.keys(need.title, need.description)) | open_in


def _of_item(item: LibraryItem) -> Entry | None:
    if item.status == "dissolved":
        return None
    sources = Need.objects(id__in=item.sources[: rules.TITLES]).only("title")
    return _entry("item", item, rules.keys(" ".join((item.title, *(need.title for need in sources)))))


def _entry(kind: str, record: Need | LibraryItem, found: list[str]) -> Entry:
    """Found by each key, and what lies in a street by the same of that street alone, too."""
    street = rules.street(record.area)
    there = [rules.at_street(key, street) for key in found] if street else []
    sample = zlib.crc32(record.id.encode()) % rules.SAMPLES
    return {"kind": kind, "area": record.area, "keys": [*found, *there], "sample": sample}
