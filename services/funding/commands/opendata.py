"""Keeping what open data is made from: each state of a round, an application, a contract or a project that an event
tells, of records owned here and elsewhere alike."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema
from pymongo import UpdateOne

from services.funding.documents.opendata import ToldState
from services.funding.domain.opendata import SILENT, release_id
from services.funding.schemas.opendata import ToldApplication, ToldContract, ToldProject, ToldQuery, ToldRound
from shared import clock
from shared.events.handlers import Work
from shared.events.types import LOST

READ: dict[str, type[Schema]] = {
    "round": ToldRound,
    "application": ToldApplication,
    "supplier_query": ToldQuery,
    "contract": ToldContract,
    "project": ToldProject,
}


def keep(work: Work) -> None:
    """Keep the states that events tell; of a record that a restore has lost, none."""
    kept = ToldState._get_collection()
    gone = [event.subject for event, _ in work if event.verb == LOST[0]]
    told = [
        event for event, _ in work if f"{event.noun}.{event.verb}" not in SILENT | {f"{event.noun}.{LOST[0]}"}
    ]
    changes = []
    for event in told:
        state = readable(event.noun, event.data)
        one = {
            "round": event.subject if event.noun == "round" else state["round"],
            "noun": event.noun,
            "subject": event.subject,
            "at": clock.text(event.time),
            "epoch": event.epoch,
            "sequence": event.sequence,
            "state": state,
        }
        key = {"_id": release_id(event.subject, event.epoch, event.sequence)}
        changes.append(UpdateOne(key, {"$setOnInsert": one}, upsert=True))
    if changes:
        kept.bulk_write(changes, ordered=False)
    if gone:
        # No index: a restore that loses records is rare, and this is all that asks for them by subject.
        kept.delete_many({"subject": {"$in": gone}})


def readable(noun: str, state: dict[str, Any]) -> dict[str, Any]:
    """The fields of a state that open data reads, as JSON has them."""
    return {name: state[name] for name in READ[noun]._declared_fields if name in state}
