"""After a restore: what others send again to the restored node, and what they remember of its records.

Events that were sent before go out as they were, with their ids: an effect that the restored store knows is
recognised, one that it lost is done again. They are directed to the restored node alone; its own events, which
others may have missed, go to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from mongoengine import Document

from shared import areas, clock
from shared.events.directed import Direction
from shared.events.handlers import Handler
from shared.ids import derived_id
from shared.node import Node
from shared.store import memories, restatements
from shared.store.memories import Memory
from shared.store.outbox import SentEvent
from shared.store.restatements import Restatement

BATCH = 50  # memories in one event: far below the largest message that is looked at
# Sent events in one look. The relay keeps those of one window, 200 at most, under one moment, and a look ends
# between two moments.
LOOK = 1000


class Sent(NamedTuple):
    envelopes: list[dict[str, Any]]
    until: datetime  # all that was sent up to then is among them, or before


def remember(job: Restatement, handlers: Iterable[Handler]) -> bool:
    """Note the next records that are known of the asker from before its restore; False where there are no more."""
    kept = [(f"{h.service}.{h.noun}", h.kept) for h in handlers if h.kept is not None]
    begun = [of for of, _ in kept]
    for of, kind in kept[begun.index(job.noun) if job.noun in begun else 0 :]:
        last = (job.last_area, job.last_id) if job.last_id and job.noun == of else None
        found: Sequence[Document] = restatements.following(kind, job.asker, None, last, BATCH)
        for one in found:
            if (one.epoch or 0) < job.epoch:
                memories.note(of, one.to_mongo().to_dict())
        if found:
            restatements.told(job, of, found[-1], 0)
            return True
    return False


def memory(here: Node, service: str, remembered: Sequence[Memory]) -> dict[str, Any]:
    """The event that tells one owner what is remembered of its records of one noun."""
    first = remembered[0]
    to = Direction.toward(first.owner, first.of.split(".")[0], here.area)
    identifier = derived_id(first.id, "/".join(f"{one.id}:{one.epoch}:{one.sequence}" for one in remembered))
    return {
        "specversion": "1.0",
        "id": identifier,
        "source": here.source(service),
        "type": f"{service}.memory.told",
        "subject": identifier,
        "time": clock.text(clock.wall()),
        "datacontenttype": "application/json",
        "dataschema": f"urn:hatchery:{service}.memory:1",
        "sequence": 1,
        "epoch": 1,
        "area": to.way,
        "audience": to.audience,
        "causationid": identifier,
        "correlationid": identifier,
        "directedto": to.text,
        "data": {
            "of": first.of,
            "records": [
                {
                    "id": one.record,
                    "area": one.area,
                    "epoch": one.epoch,
                    "sequence": one.sequence,
                    "state": one.state,
                }
                for one in remembered
            ],
        },
    }


def sent(job: Restatement) -> Sent | None:
    """The next events to be sent again; None where there are no more."""
    where = {"sent_at": {"$gt": job.since, "$lt": job.asked_at}}
    found = list(SentEvent._get_collection().find(where).sort("sent_at").limit(LOOK))
    if len(found) == LOOK and found[0]["sent_at"] != found[-1]["sent_at"]:
        found = [one for one in found if one["sent_at"] != found[-1]["sent_at"]]
    return Sent([one["envelope"] for one in found], found[-1]["sent_at"]) if found else None


def again(job: Restatement, here: Node, envelopes: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events as they go out: to everybody where this node asked, else only those that ever reach the asker."""
    if job.asker == here.area:
        return list(envelopes)
    to = Direction.toward(job.asker, job.target, here.area).text
    return [one | {"directedto": to} for one in envelopes if _reaches(one, job.asker, here.area)]


def _reaches(envelope: dict[str, Any], asker: str, here: str) -> bool:
    if envelope["audience"] == "node":
        return False
    if areas.contains(here, asker):
        return envelope["audience"] == "public" or areas.contains(asker, envelope["area"])
    return areas.contains(here, envelope["area"])
