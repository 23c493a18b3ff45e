"""Sending again, to everybody, what a node's services have sent since a time: after the loss of a broker.

The work is noted in each service's database and done by the service itself, beside its other work; killed at any
point it goes on where it was. The events keep their ids, so nothing is done twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from pymongo import MongoClient

from deploy.backup import snapshot
from deploy.home import Home
from deploy.trouble import ATTENTION, DONE
from shared import clock
from shared.ids import new_id
from shared.store.outbox import KEPT

LOOK = 0.5  # seconds between two looks at how far it is

Advance = Callable[[str, int], None]
Shown = Callable[[dict[str, int]], AbstractContextManager[Advance]]


def republish(
    home: Home,
    area: str,
    since: datetime,
    *,
    wait: float,
    dry_run: bool,
    say: Callable[[str], None],
    shown: Shown,
) -> int:
    """ATTENTION where not all was sent within `wait` seconds, as while the node does not run."""
    node = home.node(area)
    if since < clock.wall() - KEPT:
        say(f"warning: sent events are kept for {KEPT.days} days only")
    with snapshot.store(node) as client:
        databases = {name: client[node.database(name)] for name in snapshot.services(node)}
        where = {"sent_at": {"$gt": since}}
        totals = {name: db["sent_events"].count_documents(where) for name, db in databases.items()}
        if dry_run:
            for name, total in totals.items():
                say(f"would send {total} events of {name} again")
            return DONE
        job = new_id()
        for db in databases.values():
            db["restatements"].insert_one(_job(job, area, since))
        with shown(totals) as advance:
            left = _watch(client, {name: db.name for name, db in databases.items()}, job, wait, advance)
    if left:
        say(f"not all sent yet by {', '.join(left)}: they go on as long as node {area} runs")
        return ATTENTION
    say(f"{sum(totals.values())} events were sent again")
    return DONE


def _job(identifier: str, area: str, since: datetime) -> dict[str, Any]:
    """As `shared.store.restatements` keeps requests."""
    return {
        "_id": identifier,
        "kind": "republish",
        "asker": area,
        "target": "all",
        "nouns": [],
        "since": since,
        "asked_at": clock.wall(),
        "open": True,
        "sent": 0,
    }


def _watch(
    client: MongoClient[dict[str, Any]], names: dict[str, str], job: str, wait: float, advance: Advance
) -> list[str]:
    """The services that are not done within `wait` seconds."""
    end, done, left = time.monotonic() + wait, dict.fromkeys(names, 0), dict(names)
    while left and time.monotonic() < end:
        for service, name in list(left.items()):
            state = client[name]["restatements"].find_one({"_id": job}) or {}
            advance(service, state.get("sent", 0) - done[service])
            done[service] = state.get("sent", 0)
            if not state.get("open"):
                del left[service]
        if left:
            time.sleep(LOOK)
    return sorted(left)
