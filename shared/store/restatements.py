"""Requests to tell state again that this service has yet to answer, and the answers that it got to its own.

A request is kept before its event is acknowledged, with how far it was answered: killed at any point, the
service goes on where it was, and tells at most one window of records twice, which read models do not notice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mongoengine import BooleanField, DateTimeField, Document, IntField, ListField, StringField

from shared import clock
from shared.store.aggregate import Aggregate

KEPT = timedelta(days=30)  # answered requests, and answers
_END = "~"  # after every id
_ALL_AREAS = ("0", ":")


class Restatement(Document):
    """A node's request to this service, and how far it was answered. `id` is the request's.

    `kind` says what to tell: `state` (own records), `restore` (what is remembered of the asker's records, and
    the events sent `since`), or `republish` (own events sent `since`, to everybody).
    """

    meta = {"collection": "restatements", "strict": False, "indexes": [{"fields": ["open"], "sparse": True}]}
    id = StringField(primary_key=True)
    asker = StringField(required=True)  # area of the node that asked
    target = StringField(required=True)  # its service that is to know, or all
    nouns = ListField(StringField())  # <service>.<noun>
    open = BooleanField()  # unset once it is answered
    noun = StringField()  # where to go on: the noun, and the last record told
    last_area = StringField()
    last_id = StringField()
    sent = IntField(default=0)
    asked_at = DateTimeField()
    kind = StringField(default="state")
    epoch = IntField()  # of the restore
    since = DateTimeField()  # events sent after that, and before `asked_at`; moves on as they are sent again
    remembered = BooleanField()  # whether all is noted that is remembered of the asker's records


class Receipt(Document):
    """One service of one node has told this one all that it asked for. `id` is `<request>/<node>/<service>`."""

    meta = {"collection": "receipts", "strict": False, "indexes": ["request"]}
    id = StringField(primary_key=True)
    request = StringField(required=True)
    node = StringField(required=True)
    service = StringField(required=True)
    sent = IntField(required=True)
    at = DateTimeField()


_listeners: list[Callable[[], None]] = []


def listen(listener: Callable[[], None]) -> None:
    """Call `listener` in this process whenever a request was noted."""
    _listeners.append(listener)


def forget(listener: Callable[[], None]) -> None:
    _listeners.remove(listener)


def note(identifier: str, asker: str, target: str, nouns: list[str], **more: Any) -> bool:
    """Keep a request to be answered; False for one that is known. `more` are fields of other kinds of it."""
    values = {
        "asker": asker,
        "target": target,
        "nouns": nouns,
        "open": True,
        "sent": 0,
        "asked_at": clock.wall(),
        **more,
    }
    done = Restatement._get_collection().update_one(
        {"_id": identifier}, {"$setOnInsert": values}, upsert=True
    )
    for listener in _listeners:
        listener()
    return done.upserted_id is not None


def first_open() -> Restatement | None:
    return Restatement.objects(open=True).order_by("asked_at").first()


def told(job: Restatement, noun: str, last: Aggregate | None, sent: int) -> None:
    """Keep how far the request was answered: up to `last` of `noun`, or all of it where that is None."""
    job.noun, job.sent = noun, job.sent + sent
    job.last_area, job.last_id = (last.area, last.id) if last else (None, None)
    job.save()


def resent(job: Restatement, until: datetime, count: int) -> None:
    """Keep that all events sent up to `until` were sent again."""
    job.since, job.sent = until, job.sent + count
    job.save()


def remembered(job: Restatement) -> None:
    """Keep that all is noted that is remembered of the asker's records."""
    job.remembered = True
    job.save()


def answered(job: Restatement) -> None:
    Restatement._get_collection().update_one({"_id": job.id}, {"$unset": {"open": 1}})


def receive(request: str, node: str, service: str, sent: int) -> None:
    """Keep an answer; a second one of the same service changes nothing."""
    Receipt._get_collection().update_one(
        {"_id": f"{request}/{node}/{service}"},
        {
            "$setOnInsert": {
                "request": request,
                "node": node,
                "service": service,
                "sent": sent,
                "at": clock.wall(),
            }
        },
        upsert=True,
    )


def receipts(request: str) -> list[Receipt]:
    return list(Receipt.objects(request=request).order_by("node", "service"))


def following(
    kind: type[Aggregate], owner: str, within: str | None, last: tuple[str, str] | None, limit: int
) -> list[Aggregate]:
    """The next records of `owner` in the order of area and id: those of the area `within`, or of all areas.

    Bounded ranges over one index, as the embedded store would otherwise read whole collections.
    """
    low, high = (within, within + ":") if within else _ALL_AREAS
    found: list[Aggregate] = []
    if last:
        found = list(
            kind.objects(area=last[0], id__gt=last[1], id__lt=_END, owner=owner).order_by("id").limit(limit)
        )
        low = last[0] + "\0"
    if len(found) < limit:
        rest = kind.objects(area__gte=low, area__lt=high, owner=owner)
        found += list(rest.order_by("area", "id").limit(limit - len(found)))
    return found


def purge() -> None:
    """Forget what was answered more than KEPT ago."""
    before: dict[str, Any] = {"$lt": clock.wall() - KEPT}
    Receipt._get_collection().delete_many({"at": before})
    Restatement._get_collection().delete_many({"asked_at": before, "open": None})
