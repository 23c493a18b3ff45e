"""Read models: what a service keeps of other services' or nodes' records, by their newest state.

Events may arrive twice and out of order. Each carries the subject's full shared state with an `epoch` (raised
by a restore) and a `sequence`; what is older than what is known is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mongoengine import DateTimeField, Document, IntField, StringField
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared import areas

Verdict = Literal["applied", "stale", "forged"]
Change = InsertOne[dict[str, Any]] | UpdateOne

ATTEMPTS = 8  # for one record that somebody else changes at the same time
_PLACE = ("epoch", "sequence", "owner")  # where a known state stands: unchanged, nobody has written since
_DUPLICATE = 11000  # MongoDB's code


class ReadModel(Document):
    """What another service's record looks like from here."""

    meta = {"abstract": True, "strict": False, "indexes": ["area"]}
    id = StringField(primary_key=True)
    area = StringField()
    owner = StringField()
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
    again: bool = False  # takes what is known already, too: the read model has learned to look at more of it


def put(kind: type[Document], news: Sequence[News]) -> list[Verdict]:
    """Keep what is newer than what is known: one question and one write for all, whatever their number.

    The verdicts stand in the order of the news. `forged` is what the teller may not tell. When another process
    writes the same records meanwhile, something that was applied here may be told as `stale`.

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
            {"_id": {"$in": list({one.subject for one in news})}}, dict.fromkeys(_PLACE, 1)
        )
    }
    newest, states, verdicts = dict(known), dict[str, dict[str, Any]](), list[Verdict]()
    for one in news:
        verdict = _verdict(one, newest.get(one.subject))
        verdicts.append(verdict)
        if verdict == "applied":
            place = {"epoch": one.epoch, "sequence": one.sequence}
            states[one.subject] = states.get(one.subject, {}) | one.state | place
            newest[one.subject] = newest.get(one.subject, {}) | states[one.subject]
    return verdicts, [_change(subject, known.get(subject), state) for subject, state in states.items()]


def _verdict(one: News, known: Mapping[str, Any] | None) -> Verdict:
    if known is None:
        return "applied"
    owner = known.get("owner")
    if one.teller and owner and not areas.contains(one.teller, owner):
        return "forged"
    stands, told = (known.get("epoch") or 0, known.get("sequence") or 0), (one.epoch, one.sequence)
    newer = told >= stands if one.again else told > stands
    return "applied" if newer and (one.spare is None or owner != one.spare) else "stale"


def _change(subject: str, known: Mapping[str, Any] | None, state: dict[str, Any]) -> Change:
    if known is None:
        return InsertOne(state | {"_id": subject})
    return UpdateOne({"_id": subject} | {name: known.get(name) for name in _PLACE}, {"$set": state})


def _write(kind: type[Document], changes: list[Change]) -> bool:
    """Whether all of it was written; False where somebody else was there since the records were read."""
    if not changes:
        return True
    collection = kind._get_collection()
    try:
        done = collection.bulk_write(changes, ordered=False)
    except BulkWriteError as error:
        faults = error.details["writeErrors"]
        if any(fault["code"] != _DUPLICATE for fault in faults):
            raise
        if len(changes) == 1:
            (change,) = changes
            there = isinstance(change, InsertOne) and collection.find_one(
                {"_id": change._doc["_id"]}, {"_id": 1}
            )
            if not there:
                raise DuplicateKeyError(faults[0]["errmsg"], _DUPLICATE, faults[0]) from error
        return False
    return bool(done.inserted_count + done.matched_count == len(changes))
