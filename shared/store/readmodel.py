"""Read models: what a service keeps of other services' or nodes' records, by their newest state.

Events may arrive twice and out of order. Each carries the subject's full shared state with an `epoch` (raised
by a restore) and a `sequence`; what is older than what is known is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mongoengine import DateTimeField, Document, IntField, StringField
from pymongo import DeleteOne, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared import areas
from shared.store import memories
from shared.store.bulk import DUPLICATE, Change, only_duplicates
from shared.store.connection import database

Verdict = Literal["applied", "stale", "early", "forged"]

ATTEMPTS = 8  # for one record that somebody else changes at the same time
BURIED = "buried"  # collection of the places of records that are gone
_PLACE = ("epoch", "sequence", "owner")  # where a known state stands: unchanged, nobody has written since


class ReadModel(Document):
    """What another service's record looks like from here."""

    meta = {"abstract": True, "strict": False, "indexes": [("area", "id")]}
    id = StringField(primary_key=True)
    area = StringField()
    owner = StringField()
    seat = StringField()  # the area whose node ought to own it; None where only older versions told of it
    epoch = IntField(default=0)
    sequence = IntField(default=0)
    updated_at = DateTimeField()


@dataclass(frozen=True)
class News:
    """What an event tells of a subject: its state, as the store keeps it, with where that stands in time."""

    subject: str
    epoch: int
    sequence: int
    state: dict[str, Any]
    teller: str | None = None  # the node that tells, which may do so of its own records and those below it
    spare: str | None = None  # records of this owner are left alone
    of: str = ""  # <service>.<noun>
    gone: bool = False  # the record is no more: a restore lost it
    again: bool = False  # takes what is known already, too: the read model has learned to look at more of it


def put(kind: type[Document], news: Sequence[News]) -> list[Verdict]:
    """Keep what is newer than what is known: one question and one write for all, whatever their number.

    The verdicts stand in the order of the news. `forged` is what the teller may not tell; `early` what it may
    not yet: the owner known here may have handed the record over to it, and the word of that be on its
    way. When another process writes the same records meanwhile, something that was applied here may be told as
    `stale`.

    Raises DuplicateKeyError for what another record stands in the way of: that may go, so the event must come
    again.
    """
    if not news:
        return []
    for _ in range(ATTEMPTS):
        verdicts, changes = _judge(kind, news)
        if _write(kind, changes):
            return verdicts
        if len(news) > 1:
            return [verdict for one in news for verdict in put(kind, [one])]
    raise RuntimeError(f"the {kind.__name__} {news[0].subject} keeps changing")


def _judge(kind: type[Document], news: Sequence[News]) -> tuple[list[Verdict], list[Change]]:
    # Read first, then write where nothing has changed since: an upsert on "no newer one is there" would be one
    # round trip less, but the embedded store reads the whole collection for the `$or` that this takes.
    known = {
        one["_id"]: one
        for one in kind._get_collection().find(
            {"_id": {"$in": list({one.subject for one in news})}}, dict.fromkeys((*_PLACE, "area"), 1)
        )
    }
    gone = _tombstones(kind, [one.subject for one in news if one.subject not in known])
    newest, states, verdicts = gone | known, dict[str, dict[str, Any] | None](), list[Verdict]()
    for one in news:
        verdict = _verdict(one, newest.get(one.subject))
        verdicts.append(verdict)
        if verdict == "applied":
            place = {"epoch": one.epoch, "sequence": one.sequence}
            states[one.subject] = None if one.gone else (states.get(one.subject) or {}) | one.state | place
            newest[one.subject] = newest.get(one.subject, {}) | place | (states[one.subject] or {})
    _remember(kind, news, known, newest)
    _bury(kind, {subject: newest[subject] for subject, state in states.items() if state is None})
    states = {subject: state for subject, state in states.items() if state is not None or subject in known}
    return verdicts, [_change(subject, known.get(subject), state) for subject, state in states.items()]


def _verdict(one: News, known: Mapping[str, Any] | None) -> Verdict:
    if known is None:
        return "applied"
    owner = known.get("owner")
    stands, told = (known.get("epoch") or 0, known.get("sequence") or 0), (one.epoch, one.sequence)
    if one.teller and owner and not areas.contains(one.teller, owner):
        its_area = areas.contains(one.teller, known.get("area") or "")
        if its_area and told <= stands:
            return "stale"  # from before it was handed over
        may_have_been_given = its_area and areas.contains(owner, one.teller) and owner != one.spare
        return "early" if may_have_been_given else "forged"
    newer = told >= stands if one.again else told > stands
    return "applied" if newer and (one.spare is None or owner != one.spare) else "stale"


def _tombstones(kind: type[Document], subjects: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Where records that are gone stood when they went: what is told late must not bring them back."""
    if not subjects:
        return {}
    name = kind._get_collection_name()
    found = database()[BURIED].find({"_id": {"$in": [f"{name}/{subject}" for subject in subjects]}})
    return {one["_id"].removeprefix(f"{name}/"): one for one in found}


def _bury(kind: type[Document], gone: Mapping[str, Mapping[str, Any]]) -> None:
    """Before the records themselves are deleted: killed in between, the event comes again."""
    for subject, place in gone.items():
        told = {name: place[name] for name in ("epoch", "sequence")}
        key = {"_id": f"{kind._get_collection_name()}/{subject}"}
        database()[BURIED].update_one(key, {"$set": told}, upsert=True)


def _remember(
    kind: type[Document],
    news: Sequence[News],
    known: Mapping[str, Mapping[str, Any]],
    newest: Mapping[str, Mapping[str, Any]],
) -> None:
    """Keep, for its owner to hear of, what gives way to a higher epoch, and what is told of a lower one late."""
    nouns = {one.subject: one.of for one in news if one.of}
    older = [s for s in nouns if s in known and (known[s].get("epoch") or 0) < newest[s]["epoch"]]
    for stored in kind._get_collection().find({"_id": {"$in": older}}) if older else ():
        memories.note(nouns[stored["_id"]], stored)
    for one in news:
        if one.of and one.epoch < max(newest[one.subject]["epoch"], memories.epoch_of(one.state["owner"])):
            place = {"_id": one.subject, "epoch": one.epoch, "sequence": one.sequence}
            memories.note(one.of, one.state | place)


def _change(subject: str, known: Mapping[str, Any] | None, state: dict[str, Any] | None) -> Change:
    if known is None:
        return InsertOne((state or {}) | {"_id": subject})
    unchanged = {"_id": subject} | {name: known.get(name) for name in _PLACE}
    return DeleteOne(unchanged) if state is None else UpdateOne(unchanged, {"$set": state})


def _write(kind: type[Document], changes: list[Change]) -> bool:
    """Whether all of it was written; False where somebody else was there since the records were read."""
    if not changes:
        return True
    collection = kind._get_collection()
    try:
        done = collection.bulk_write(changes, ordered=False)
    except BulkWriteError as error:
        if not only_duplicates(error):
            raise
        if len(changes) == 1:
            (fault,) = error.details["writeErrors"]
            (change,) = changes
            there = isinstance(change, InsertOne) and collection.find_one(
                {"_id": change._doc["_id"]}, {"_id": 1}
            )
            if not there:
                raise DuplicateKeyError(fault["errmsg"], DUPLICATE, fault) from error
        return False
    written = done.inserted_count + done.matched_count + done.deleted_count
    return bool(written == len(changes))
