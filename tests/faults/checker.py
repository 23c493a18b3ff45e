"""What the stores of several nodes say of each other, of what clients were told, and of what onlookers saw.

It looks from outside and knows the rules only: who owns a record has sent one event for each of its changes; every
node that the record's audience reaches and that hosts the service has a copy, which equals it. A command that a client
saw accepted has led to its events and effects, each once, and nothing is there that no command explains: clients begin
a trace of their own with each command, and all that it leads to carries that as its correlation. An onlooker at a node
has seen every event that reaches the node, those of one subject in their order.
"""

from __future__ import annotations

import importlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from pymongo import MongoClient

from shared.events.types import Subject
from shared.node import GATEWAY
from shared.store.aggregate import Aggregate
from tests.faults.storm.history import Outcome, trace_of

_SEEN = {"area": 1, "owner": 1, "epoch": 1, "sequence": 1, "outbox": 1, "trail": 1}
CASES = 20  # that are told in words

# What nodes tell of themselves, whatever clients do: nouns of events.
MACHINERY = ("node", "resync", "restore", "audit_head", "restatement", "memory")


class Sent(NamedTuple):
    """An event as its node keeps it once the broker has confirmed it."""

    node: str
    id: str
    type: str
    subject: str
    epoch: int
    sequence: int
    correlation: str
    audience: str
    area: str

    @property
    def noun(self) -> str:
        return self.type.split(".")[1]


@dataclass
class Verdict:
    """Counts of what is wrong, each with the first few cases."""

    records: int = 0  # owned, over all nodes
    events: int = 0  # sent
    commands: int = 0  # that clients saw accepted
    lost: int = 0  # changes without an event, events that did not come to where they ought to have come
    doubled: int = 0  # events or effects beyond one for a change, and records with two owners
    unexpected: int = 0  # events that no command explains
    out_of_order: int = 0  # events that an onlooker saw after a later one of the same subject
    late: int = 0  # the same, once what the broker had lost was sent again: no damage
    refused: int = 0  # commands that a sound platform accepts
    unlike: int = 0  # copies that are not as their owner has them
    unsent: int = 0  # events that still wait
    unsealed: int = 0  # entries of the audit that still wait
    unbalanced: int = 0  # funds whose ledger does not add up to what the fund says, or to what clients did
    dead: int = 0  # messages given up that somebody could read
    cases: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return bool(self.records) and not any(self.damage.values())

    @property
    def damage(self) -> dict[str, int]:
        counts = ("records", "events", "commands", "late", "cases")
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in counts}

    def note(self, kind: str, case: str) -> None:
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.cases) < CASES:
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
        sent = _sequences(databases[area], f"{subject.service}.{subject.noun}.")
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


def _sequences(database: Any, beginning: str) -> dict[str, Counter[int]]:
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
    """A fund says what its ledger's entries come to, account by account."""
    moved: dict[str, Counter[str]] = defaultdict(Counter)  # debits minus credits
    for entry in database["ledger_entries"].find():
        moved[entry["fund"]][entry["debit"]] += entry["amount_fen"]
        moved[entry["fund"]][entry["credit"]] -= entry["amount_fen"]
    for fund in database["funds"].find({"owner": area}):
        told = moved[fund["_id"]]
        promised = told["committed"] + told["ordered"] + told["paid"]
        counted = (-told["budget"], promised, told["ordered"], told["paid"], told["delegated"])
        said = tuple(
            fund.get(f"{name}_fen", 0) for name in ("budget", "committed", "ordered", "paid", "delegated")
        )
        if said != counted or min(*counted, told["available"]) < 0 or told.total():
            verdict.note("unbalanced", f"fund {fund['_id']} of {area}: {said}, in the ledger {dict(told)}")


def sent(store: str, nodes: Mapping[str, Sequence[str]], prefix: str = "hatchery_") -> list[Sent]:
    """All events that nodes have sent to everybody; what was told again to one asker is left out."""
    names = ("type", "subject", "epoch", "sequence", "correlationid", "audience", "area", "directedto")
    wanted = {f"envelope.{name}": 1 for name in names}
    found: list[Sent] = []
    with MongoClient[dict[str, Any]](store, tz_aware=True) as client:
        for area, hosted in nodes.items():
            for service in (GATEWAY, *hosted):
                for one in client[f"{prefix}{area}_{service}"]["sent_events"].find({}, wanted):
                    if "directedto" not in one["envelope"]:
                        found.append(_sent(area, one["_id"], one["envelope"]))
    return found


def _sent(node: str, identifier: str, envelope: Mapping[str, Any]) -> Sent:
    return Sent(
        node, identifier, envelope["type"], envelope["subject"], int(envelope["epoch"]), int(envelope["sequence"]),
        envelope["correlationid"], envelope["audience"], envelope["area"],
    )  # fmt: skip


def check_commands(verdict: Verdict, outcomes: Iterable[Outcome], events: Iterable[Sent]) -> None:
    """Hold what clients were told against the events that carry their traces."""
    outcomes = list(outcomes)
    by_trace = {trace_of(outcome.command.key): outcome for outcome in outcomes}
    led_to: dict[str, Counter[str]] = defaultdict(Counter)  # by trace
    for event in events:
        outcome = by_trace.get(event.correlation)
        if outcome is not None and (outcome.accepted or not outcome.status or _once(outcome)):
            led_to[event.correlation][event.type] += 1
        elif event.noun not in MACHINERY:
            why = "a refused command" if outcome else "no command"
            verdict.note("unexpected", f"{event.type} {event.subject} at {event.node}: {why}")
    for outcome in outcomes:
        verdict.commands += outcome.accepted
        if outcome.status and not outcome.accepted and not _once(outcome):
            verdict.note("refused", f"{outcome.command.key}: {outcome.status} {outcome.problem}")
    _check_stories(verdict, outcomes, led_to)
    _check_replays(verdict, outcomes, led_to)


def _once(outcome: Outcome) -> bool:
    """Whether it was a request whose answer is secret: sent again after it acted it is refused."""
    return bool(outcome.command.expect.get("secret"))


def _check_stories(verdict: Verdict, outcomes: Sequence[Outcome], led_to: Mapping[str, Counter[str]]) -> None:
    """What a story's accepted commands lead to is known to the last event."""
    told: dict[str, Counter[str]] = defaultdict(Counter)
    possible: dict[str, Counter[str]] = defaultdict(Counter)  # of commands that nobody has answered
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        command = outcome.command
        if command.told is not None:
            expected = told if outcome.accepted else possible if not outcome.status else None
            if expected is not None:
                expected[command.story].update(command.told)
            found[command.story].update(led_to.get(trace_of(command.key), {}))
    for story in told.keys() | possible.keys():
        for kind in told[story].keys() | possible[story].keys() | found[story].keys():
            least, most = told[story][kind], told[story][kind] + possible[story][kind]
            number = found[story][kind]
            if number < least:
                verdict.note("lost", f"{story}: {number} of {least} {kind}")
            elif number > most:
                wrong = "doubled" if most else "unexpected"
                verdict.note(wrong, f"{story}: {number} {kind} in place of {most}")


def _check_replays(verdict: Verdict, outcomes: Sequence[Outcome], led_to: Mapping[str, Counter[str]]) -> None:
    """The same scenario under another name leads to the same events and effects: those of the first replay, which
    nothing disturbed, are the measure of all that came to their end."""
    steps: dict[str, dict[str, Counter[str]]] = defaultdict(dict)
    for outcome in outcomes:
        replay = outcome.command.expect.get("replay")
        if replay and outcome.accepted:
            steps[replay][outcome.command.expect["step"]] = led_to.get(
                trace_of(outcome.command.key), Counter()
            )
    if not steps:
        return
    measure, *others = sorted(steps, key=lambda name: int(name.rpartition("-")[2]))
    expected = _total(steps[measure].values())
    for replay in others:
        missing = [
            step
            for step, counts in steps[replay].items()
            if not counts and steps[measure].get(step, Counter())
        ]
        for step in missing:
            verdict.note("lost", f"{replay}: nothing came of {step}")
        if steps[replay].keys() == steps[measure].keys():
            _compare(verdict, replay, expected, _total(steps[replay].values()))


def _compare(verdict: Verdict, replay: str, expected: Counter[str], found: Counter[str]) -> None:
    for kind in expected.keys() | found.keys():
        if found[kind] < expected[kind]:
            verdict.note("lost", f"{replay}: {found[kind]} of {expected[kind]} {kind}")
        elif found[kind] > expected[kind]:
            wrong = "doubled" if expected[kind] else "unexpected"
            verdict.note(wrong, f"{replay}: {found[kind]} {kind} in place of {expected[kind]}")


def _total(counts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total


def check_money(
    verdict: Verdict, outcomes: Iterable[Outcome], store: str, area: str, prefix: str = "hatchery_"
) -> None:
    """The budgets that clients changed are the sum of the changes that they saw accepted, each one entry."""
    changes: dict[str, list[int]] = defaultdict(list)
    for outcome in outcomes:
        expect = outcome.command.expect
        if outcome.accepted and "change_fen" in expect:
            changes[expect.get("fund") or str(outcome.id)].append(expect["change_fen"])
    with MongoClient[dict[str, Any]](store, tz_aware=True) as client:
        database = client[f"{prefix}{area}_funding"]
        entries: Counter[str] = Counter(
            one["fund"] for one in database["ledger_entries"].find({}, {"fund": 1})
        )
        budgets = {one["_id"]: one["budget_fen"] for one in database["funds"].find({}, {"budget_fen": 1})}
    for fund, made in changes.items():
        if budgets.get(fund) != sum(made) or entries[fund] != len(made):
            said = f"budget {budgets.get(fund)} in {entries[fund]} entries"
            verdict.note("unbalanced", f"fund {fund}: {said}, clients made {sum(made)} in {len(made)}")


def check_onlooker(
    verdict: Verdict,
    area: str,
    seen: Iterable[Mapping[str, Any]],
    events: Iterable[Sent],
    sent_again_at: float | None = None,
) -> int:
    """Hold what an onlooker at a node was given against what was sent; how often it was given an event again.

    `sent_again_at` says when events were sent again first that the broker may have lost, in seconds since 1970.
    """
    due = {
        event.id: event
        for event in events
        if event.node == area or reaches(event.audience, event.node, event.area, area)
    }
    given: Counter[str] = Counter()
    last: dict[tuple[str, str], tuple[int, int]] = {}
    positions: dict[tuple[str, str, int, int], str] = {}
    for one in seen:
        given[one["id"]] += 1
        if given[one["id"]] > 1:
            continue
        which = f"{one['type']} {one['subject']} at {area}"
        if one["id"] not in due:
            verdict.note("unexpected", f"{which} was given to an onlooker, and nobody sent it there")
        subject = (one["type"].rpartition(".")[0], one["subject"])
        position = (int(one["epoch"]), int(one["sequence"]))
        if positions.setdefault((*subject, *position), one["id"]) != one["id"]:
            verdict.note("doubled", f"{which}: two events with the sequence {position[1]}")
        if position < last.get(subject, (0, 0)) and sent_again_at and one["at"] > sent_again_at:
            verdict.late += 1
        elif position < last.get(subject, (0, 0)):
            verdict.note("out_of_order", f"{which}: {position[1]} after {last[subject][1]}")
        last[subject] = max(position, last.get(subject, (0, 0)))
    for identifier in due.keys() - given.keys():
        event = due[identifier]
        verdict.note("lost", f"an onlooker at {area} never saw {event.type} {event.subject} of {event.node}")
    return given.total() - len(given)
