"""Messages for a street with a district above it and communities below, each with the fate that it ought to meet.

They are made from what all services publish and handle: their event types, the forms of their states, and the routing
patterns of their queues. The valid ones are made here, those that are wrong in `tests/faults/bad_messages.py`.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pika
from marshmallow import fields

from shared import clock
from shared.events import directed
from shared.events.envelope import CONTENT_TYPE
from shared.events.handlers import Handler
from shared.events.repeats import OFTEN
from shared.events.topology import ingress
from shared.events.types import EventType, routing_key
from shared.ids import new_id
from tests.contracts.published import NAMES, event_types, example, service

DISTRICT, HERE = "230102", "230102001"
CHILDREN = ("230102001001", "230102001002")
PLAIN = "230102001003"  # a child that tells of itself as a node, and of nothing else
FOREIGN = "230102002001"  # of a sibling's
OWN, ABOVE = "events.own", "events.above"
WAYS = {OWN: HERE, ABOVE: DISTRICT} | {ingress(child): child for child in CHILDREN}

Envelope = dict[str, Any]
Fate = str  # a reason of a dead letter or of a parked message, "refused" at the ingress, or "taken"

WINDOW = 200  # messages; then the broker is asked whether it has them: until then, ways overtake each other
TAKEN, REFUSED = "taken", "refused"
PARKED = ("unknown-type", "newer-schema")


@dataclass(frozen=True)
class Shot:
    """One message. `fates` is by service, "" for the ingress; `told` is what its handlers are to count, by service,
    handler and outcome."""

    kind: str
    exchange: str
    key: str | bytes
    body: bytes
    fates: Mapping[str, Fate]
    told: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    properties: pika.BasicProperties = field(
        default_factory=lambda: pika.BasicProperties(content_type=CONTENT_TYPE, delivery_mode=2)
    )


@dataclass
class Record:
    """What the valid events tell of one record, by the one node that may."""

    event: EventType
    way: str
    subject: str
    data: dict[str, Any]
    born: datetime
    made: int = 0  # the number of the message that it was made for
    known: int = 0  # the highest sequence told so far; 0 before the first

    @property
    def node(self) -> str:
        return WAYS[self.way]

    def envelope(self, sequence: int, **changed: Any) -> Envelope:
        """The same sequence has the same envelope, apart from what is `changed`."""
        verb = changed.pop("verb", "noticed_by_nobody")
        subject = self.event.subject
        return {
            "specversion": "1.0",
            "id": f"{self.subject}-{sequence}",
            "source": f"/{self.node}/{subject.service}",
            "type": f"{subject.service}.{subject.noun}.{verb}",
            "subject": self.subject,
            "time": clock.text(self.moment(sequence)),
            "datacontenttype": "application/json",
            "dataschema": subject.dataschema,
            "sequence": sequence,
            "epoch": 1,
            "area": HERE if self.node == DISTRICT else self.node,
            "audience": self.audience,
            "causationid": self.subject,
            "correlationid": self.subject,
            "data": self.data,
        } | changed

    @property
    def audience(self) -> str:
        told = self.event.subject.audience
        return told if self.way == OWN or told != "node" else "area"

    def moment(self, sequence: int) -> datetime:
        return self.born + timedelta(seconds=sequence)


@cache
def patterns(name: str) -> tuple[tuple[str, ...], ...]:
    found = [*service(name).handlers.patterns(), *directed.patterns(HERE, name)]
    return tuple(tuple(one.removesuffix(".#").split(".")) for one in found)


@cache
def bound(key: str) -> tuple[str, ...]:
    """The services whose queues an event of this routing key reaches; their patterns all end in `#`."""
    words = tuple(key.split("."))
    return tuple(name for name in NAMES if any(words[: len(one)] == one for one in patterns(name)))


def handlers(name: str, envelope: Mapping[str, Any]) -> list[Handler]:
    return _handlers(name, envelope["type"])


@cache
def _handlers(name: str, kind: str) -> list[Handler]:
    of, noun, verb = kind.split(".")
    return [
        one
        for one in service(name).handlers
        if one.service in ("*", of) and one.noun == noun and one.verb in ("*", verb)
    ]


@cache
def views(handler: Handler) -> Mapping[str, fields.Field[Any]]:
    """The fields of the state that a handler looks at: what is only told, it leaves alone."""
    found: Mapping[str, fields.Field[Any]] = handler.schema().load_fields
    return found


def is_replica(handler: Handler) -> bool:
    return handler.name.startswith("copy ")


# Nouns that the node itself tells of too, or whose handlers all services share, have kinds of their own.
_PLATFORM = {"node", "resync", "restore", "audit_head", "execution"}


@cache
def read_nouns() -> tuple[EventType, ...]:
    """One event of each subject that any service keeps."""
    found: dict[tuple[str, str], EventType] = {}
    for one in event_types().values():
        subject = one.subject
        kept = any(
            (h.service, h.noun, h.verb) == (subject.service, subject.noun, "*")
            for name in NAMES
            for h in service(name).handlers
        )
        if kept and subject.noun not in _PLATFORM:
            found.setdefault((subject.service, subject.noun), one)
    return tuple(found.values())


def _alone(event: EventType) -> bool:
    """Whether only the node itself tells it."""
    return event.subject.audience == "node" and event.subject.service == "gateway"


@cache
def told_verbs() -> tuple[EventType, ...]:
    """The events upon which notifications, and no other service, writes a letter."""
    acts: dict[str, set[str]] = {}
    for name in NAMES:
        for one in service(name).handlers:
            if one.kind == "effect":
                acts.setdefault(f"{one.service}.{one.noun}.{one.verb}", set()).add(name)
    return tuple(e for t, e in event_types().items() if acts.get(t) == {"notifications"})


class Maker:
    """Makes messages, each sequence of them decided by the seed. It keeps what the valid ones tell."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.records: list[Record] = []
        self.letters: dict[str, EventType] = {}  # by subject, what notifications is to write of, once
        self.announced = 0  # the sequence of PLAIN's announcement
        # How often each message came that was right.
        self.sent: Counter[tuple[str, str | bytes, bytes]] = Counter()
        self.number = 0
        self.made = 0  # messages

    # What is right

    def record(self, *, way: str | None = None, event: EventType | None = None) -> Record:
        self.number += 1
        event = event or self.chance.choice([e for e in read_nouns() if way in (None, OWN) or not _alone(e)])
        way = OWN if _alone(event) else way or self.chance.choice(list(WAYS))
        subject = new_id()
        state = event.subject.dumper
        data = json.loads(json.dumps(state.dump(example(state, bare=self.chance.random() < 0.3))))
        data = _distinct(data, self.number) | {"id": subject}
        area = HERE if WAYS[way] == DISTRICT else WAYS[way]
        if "area" in data:
            data["area"] = area
        born = datetime(2026, 3, 2, 1, tzinfo=UTC) + timedelta(minutes=self.number)
        return Record(event, way, subject, data, born, self.made)

    def right(self, record: Record, sequence: int, kind: str, **changed: Any) -> Shot:
        """A valid event; what it tells counts from now on. One that comes too often would be passed over, or not,
        as a batch has it, so another record's event takes its place."""
        told = self.telling(record, sequence, **changed)
        if self.sent[told.exchange, told.key, told.body] == OFTEN:
            record, kind = self.record(), "the first event of a record"
            self.records.append(record)
            told = self.telling(record, sequence := 1)
        self.sent[told.exchange, told.key, told.body] += 1
        record.known = max(record.known, sequence)
        return replace(told, kind=kind)

    def telling(self, record: Record, sequence: int, **changed: Any) -> Shot:
        envelope = record.envelope(sequence, **changed)
        key = routing_key(envelope)
        fates = dict.fromkeys(bound(key), TAKEN)
        told: Counter[tuple[str, str, str]] = Counter()
        for name in fates:
            for one in handlers(name, envelope):
                told[name, one.name, self.outcome(one, record, sequence)] += 1
        return Shot("", record.way, key, encoded(envelope), fates, told)

    def outcome(self, handler: Handler, record: Record, sequence: int) -> str:
        if handler.kind == "effect":
            if handler.name.startswith("tell_above"):
                return "elsewhere"  # the node above writes that letter
            return "duplicate" if record.known >= sequence else "applied"
        if handler.kept is None:
            return "applied"  # derived: worked out again each time
        if is_replica(handler) and record.node == HERE:
            return "stale"  # the echo of what was written here
        return "applied" if sequence > record.known else "stale"

    def valid(self) -> Shot:
        chance = self.chance
        if self.records and chance.random() < 0.5:
            record = chance.choice(self.records[-200:])
            if record.subject in self.letters:
                verb = record.event.verb
                return self.right(record, record.known, "the very same event again", verb=verb)
            if chance.random() < 0.5:
                step = chance.choice((1, 1, 1, 5))
                return self.right(record, record.known + step, "the next event of a record")
            sequence = chance.randint(1, record.known)
            kind = (
                "the very same event again"
                if sequence == record.known
                else "an older event after a newer one"
            )
            return self.right(record, sequence, kind)
        if chance.random() < 0.2:
            event = chance.choice(told_verbs())
            record = self.record(way=chance.choice([ingress(child) for child in CHILDREN]), event=event)
            _complete(record, event)
            self.letters[record.subject] = event
            self.records.append(record)
            return self.right(record, 1, "an event to write a letter of", verb=event.verb)
        record = self.record()
        self.records.append(record)
        return self.right(record, chance.choice((1, 1, 3)), "the first event of a record")

    # What is wrong

    def fresh(self, way: str | None = None) -> tuple[Record, Envelope]:
        record = self.record(way=way)
        return record, record.envelope(1)

    def wrong(
        self,
        kind: str,
        fate: Fate,
        record: Record,
        envelope: Envelope | bytes,
        *,
        key: str | None = None,
        properties: pika.BasicProperties | None = None,
    ) -> Shot:
        """Sent the record's way with the routing key that a valid event of it has, unless another is given."""
        key = routing_key(record.envelope(1)) if key is None else key
        body = envelope if isinstance(envelope, bytes) else encoded(envelope)
        fates = {"": fate} if fate == REFUSED else dict.fromkeys(bound(key), fate)
        more = {} if properties is None else {"properties": properties}
        return Shot(kind, record.way, key, body, fates, **more)


def encoded(envelope: Envelope) -> bytes:
    return json.dumps(envelope).encode()


def _distinct(value: Any, number: int) -> Any:
    """An example with texts and ids of its own, since some must not come twice."""
    match value:
        case dict():
            return {key: _distinct(each, number) for key, each in value.items()}
        case list():
            return [_distinct(each, number) for each in value]
        case "文字":
            return f"文字{number}"
        case "01981b4e-5a00-7000-8000-000000000001":
            return new_id()
        case _:
            return value


def _complete(record: Record, event: EventType) -> None:
    """A letter is written of a full state."""
    state = event.subject.dumper
    full = json.loads(json.dumps(state.dump(example(state, bare=False))))
    record.data = _distinct(full, len(record.subject)) | {"id": record.subject, "area": record.node}
