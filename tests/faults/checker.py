"""What the stores of several nodes say of each other when all is quiet: lost, doubled, unlike, unsent.

It looks from outside and knows the rules only: who owns a record has sent one event for each of its changes; every
node that the record's audience reaches and that hosts the service has a copy, which equals it.
"""

from __future__ import annotations

import importlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from pymongo import MongoClient

from shared.events.types import Subject
from shared.node import GATEWAY
from shared.store.aggregate import Aggregate

_SEEN = {"area": 1, "owner": 1, "epoch": 1, "sequence": 1, "outbox": 1, "trail": 1}


@dataclass
class Verdict:
    """Counts of what is wrong, each with the first few cases."""

    records: int = 0  # owned, over all nodes
    events: int = 0  # sent
    lost: int = 0  # changes without an event, and copies that a node ought to have and has not
    doubled: int = 0  # events beyond one for a change, and records with two owners
    unlike: int = 0  # copies that are not as their owner has them
    unsent: int = 0  # events that still wait
    unsealed: int = 0  # entries of the audit that still wait
    unbalanced: int = 0  # funds whose ledger does not add up to what the fund says
    cases: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        wrong = (self.lost, self.doubled, self.unlike, self.unsent, self.unsealed, self.unbalanced)
        return bool(self.records) and not any(wrong)

    def note(self, kind: str, case: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.cases) < 20:
            self.cases.append(f"{kind}: {case}")

    def __str__(self) -> str:
        counts = ", ".join(f"{f.name} {getattr(self, f.name)}" for f in fields(self) if f.name != "cases")
        return "\n  ".join([counts, *self.cases])


def check(store: str, nodes: Mapping[str, Sequence[str]], prefix: str = "hatchery_") -> Verdict:
    """Hold the stores of `nodes` (area to hosted services) against each other."""
    verdict = Verdict()
    with MongoClient[dict[str, Any]](store, tz_aware=True) as client:
        for name in sorted({service for hosted in nodes.values() for service in (GATEWAY, *hosted)}):
            hosts = [area for area, hosted in nodes.items() if name in (GATEWAY, *hosted)]
            databases = {area: client[f"{prefix}{area}_{name}"] for area in hosts}
            service = importlib.import_module(f"services.{name}.service").SERVICE
            copied = {handler.kept for handler in service.handlers}  # the gateway's records have no copies
            for subject, kind in service.tells:
                _check_kind(verdict, subject, kind, databases, kind in copied)
            if name == "funding":
                for area, database in databases.items():
                    _check_ledger(verdict, area, database)
    return verdict


def _check_kind(
    verdict: Verdict, subject: Subject, kind: type[Aggregate], databases: Mapping[str, Any], copied: bool
) -> None:
    collection = kind._get_collection_name()
    stored = {
        area: {one["_id"]: one for one in database[collection].find({}, _SEEN)}
        for area, database in databases.items()
    }
    owners: dict[str, str] = {}
    for area, records in stored.items():
        sent = _sent(databases[area], f"{subject.service}.{subject.noun}.")
        for identifier, one in records.items():
            if one["owner"] != area:
                continue
            verdict.records += 1
            if identifier in owners:
                verdict.note(
                    "doubled", f"{collection} {identifier} is owned at {owners[identifier]} and {area}"
                )
            owners[identifier] = area
            _check_events(
                verdict, f"{collection} {identifier} at {area}", one, sent.get(identifier, Counter())
            )
            if copied:
                _check_copies(verdict, subject, collection, one, area, stored)


def _sent(database: Any, beginning: str) -> dict[str, Counter[int]]:
    """How often each sequence of each subject was sent."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    wanted = {"subject": 1, "envelope.sequence": 1, "envelope.type": 1, "envelope.directedto": 1}
    for one in database["sent_events"].find({}, wanted):
        envelope = one["envelope"]
        if envelope["type"].startswith(beginning) and "directedto" not in envelope:
            found[one["subject"]][int(envelope["sequence"])] += 1
    return found


def _check_events(verdict: Verdict, which: str, one: Mapping[str, Any], sent: Counter[int]) -> None:
    verdict.events += sum(sent.values())
    for _ in one.get("outbox", ()):
        verdict.note("unsent", which)
    for _ in one.get("trail", ()):
        verdict.note("unsealed", which)
    waiting = {int(each["sequence"]) for each in one.get("outbox", ())}
    for sequence in range(1, int(one["sequence"]) + 1):
        if sent[sequence] == 0 and sequence not in waiting:
            verdict.note("lost", f"{which}: no event {sequence}")
        elif sent[sequence] > 1:
            verdict.note("doubled", f"{which}: {sent[sequence]} events {sequence}")


def _check_copies(
    verdict: Verdict,
    subject: Subject,
    collection: str,
    one: Mapping[str, Any],
    owner: str,
    stored: Mapping[str, Mapping[str, Any]],
) -> None:
    for area, records in stored.items():
        if area == owner or not reaches(subject.audience, owner, str(one["area"]), area):
            continue
        copy = records.get(one["_id"])
        if copy is None:
            verdict.note("lost", f"{collection} {one['_id']} of {owner} is not known at {area}")
        elif (copy["epoch"], copy["sequence"]) != (one["epoch"], one["sequence"]):
            seen = f"{copy['sequence']} at {area}, {one['sequence']} at {owner}"
            verdict.note("unlike", f"{collection} {one['_id']}: {seen}")


def reaches(audience: str, owner: str, about: str, node: str) -> bool:
    """Whether an event of `owner` about the area `about` comes to `node`: to all above; below, to the nodes on the way
    down to the area; to all below where it is public (docs/architecture.md, "Events")."""
    if audience == "node":
        return False
    if owner.startswith(node):
        return True
    return node.startswith(owner) and (audience == "public" or about.startswith(node))


def _check_ledger(verdict: Verdict, area: str, database: Any) -> None:
    """A fund says what its ledger's entries come to, and has never more than it was given."""
    moved: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in database["ledger_entries"].find():
        moved[entry["fund"]][entry["movement"]] += entry["amount_fen"]
    for fund in database["funds"].find({"owner": area}):
        told = moved[fund["_id"]]
        committed, paid = told["commitment"] - told["release"], told["payment"]
        said = (fund["budget_fen"], fund["committed_fen"], fund["paid_fen"])
        if said != (told["budget"], committed, paid) or not paid <= committed <= told["budget"]:
            verdict.note("unbalanced", f"fund {fund['_id']} of {area}: {said}, in the ledger {dict(told)}")
