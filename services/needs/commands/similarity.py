"""Keeping the entries by which needs and items are found to be alike: worked out from the records that this service
stores, whenever one of them becomes new, and never written otherwise."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.needs.documents import LibraryItem, Need, SimilarEntry, SimilarState
from services.needs.domain import similarity as rules
from shared.events.handlers import Work
from shared.store import Aggregate, find

ATTEMPTS = 10  # for an entry that others write at the same time
EPOCH = 2**40  # sequences of one epoch stay below that

Entry = dict[str, Any]


def after_needs(work: Work) -> None:
    for event, _ in work:
        _refresh(Need, event.subject, entry_of_need)


def after_items(work: Work) -> None:
    for event, _ in work:
        _refresh(LibraryItem, event.subject, _of_item)


def catch_up() -> int:
    """Work out all entries where they are of another form than this version's, or were never made; how many."""
    state = SimilarState.objects(id="form").first()
    if state and state.form == rules.FORM:
        return 0
    count = 0
    for kind, about in ((Need, entry_of_need), (LibraryItem, _of_item)):
        for identifier in _all(kind):
            _refresh(kind, identifier, about)
            count += 1
    SimilarState(id="form", form=rules.FORM).save()
    return count


def _all(kind: type[Aggregate]) -> Iterator[str]:
    return (str(one["_id"]) for one in kind._get_collection().find({}, {"_id": 1}))


def _refresh(kind: type[Aggregate], identifier: str, about: Callable[[Any], Entry | None]) -> None:
    """Whoever is overtaken by a newer state of the record leaves that alone. Raises RuntimeError where others keep
    writing the same entry."""
    entries = SimilarEntry._get_collection()
    for _ in range(ATTEMPTS):
        # Read first: the embedded store reads the whole collection for an "older than" within the update.
        known = entries.find_one({"_id": identifier}, {"of": 1})
        record = find(kind, identifier)
        made = about(record) if record is not None else None
        if record is None or made is None:
            entries.delete_one({"_id": identifier})
            return
        made["of"] = record.epoch * EPOCH + record.sequence
        if known is not None and known["of"] > made["of"]:
            return
        try:
            if known is None:
                entries.insert_one({"_id": identifier} | made)
                return
            if entries.replace_one({"_id": identifier, "of": known["of"]}, made).matched_count:
                return
        except DuplicateKeyError:
            continue
    raise RuntimeError(f"the entry of {identifier} keeps changing")


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
