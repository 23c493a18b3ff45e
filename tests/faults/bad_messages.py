"""What a broken or evil publisher may put on the bus: each kind takes the maker and gives a message with its fate."""

from __future__ import annotations

import copy
import json
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pika
from marshmallow import fields

from shared import clock
from shared.events.envelope import CONTENT_TYPE, LARGEST
from shared.events.handlers import Handler
from shared.events.topology import ingress
from shared.events.types import EventType, routing_key
from shared.ids import new_id
from tests.bus import Unreadable
from tests.contracts.published import NAMES, event_types
from tests.faults.messages import (
    ABOVE,
    CHILDREN,
    DISTRICT,
    FOREIGN,
    HERE,
    OWN,
    PLAIN,
    REFUSED,
    TAKEN,
    WAYS,
    WINDOW,
    Envelope,
    Fate,
    Maker,
    Record,
    Shot,
    bound,
    encoded,
    handlers,
    views,
)

Kind = Callable[[Maker], Shot]


def no_json(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    chance, good = maker.chance, encoded(envelope)
    bodies = {
        "random bytes": chance.randbytes(chance.randint(1, 400)),
        "no body": b"",
        "JSON that breaks off": good[: chance.randint(1, len(good) - 1)],
        "two events in one": good + good,
        "another encoding": json.dumps(envelope, ensure_ascii=False).encode("utf-16") + b"\xd8",
        "bytes that are no UTF-8": good.replace(b'"specversion"', b'"\xff\xfe"', 1),
        "JSON of another shape": chance.choice((b"[]", b'"event"', b"17", b"null", b"true", b"[{}]")),
        "nested without end": chance.choice((b"[", b'{"data":')) * chance.choice((2_000, 100_000)),
        "a number of 5,000 digits": good.replace(b'"sequence": 1', b'"sequence": ' + b"9" * 5000),
    }
    kind = chance.choice(list(bodies))
    return maker.wrong(kind, "undecodable", record, bodies[kind])


def other_content_type(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    told = maker.chance.choice((None, "", "application/json", "text/plain", CONTENT_TYPE + "; charset=utf-8"))
    properties = pika.BasicProperties(content_type=told, delivery_mode=2)
    return maker.wrong("another content type", "undecodable", record, envelope, properties=properties)


def unreadable_properties(maker: Maker) -> Shot:
    def header(value: bytes) -> bytes:
        return struct.pack(">IB", len(value) + 2, 1) + b"h" + value

    nested = b"V"
    for _ in range(1500):
        nested = struct.pack(">cI", b"A", len(nested)) + nested
    record, envelope = maker.fresh()
    properties: pika.BasicProperties = maker.chance.choice(
        (
            Unreadable(0x2000, header(struct.pack(">cQ", b"T", 2**62))),
            Unreadable(0x2000, header(nested)),
            Unreadable(0x0080, b"\x02\xff\xfe"),
        )
    )
    return maker.wrong(
        "properties that nobody can read", "undecodable", record, envelope, properties=properties
    )


def too_large(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    size = maker.chance.choice((LARGEST, LARGEST, LARGEST * 2, LARGEST * 4))
    return maker.wrong("too large", "undecodable", record, envelope | {"padding": "x" * size})


_NEEDED = (
    *("specversion", "id", "source", "type", "subject", "time", "dataschema", "sequence", "epoch"),
    *("area", "audience", "causationid", "correlationid", "data"),
)


def missing_attribute(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    del envelope[maker.chance.choice(_NEEDED)]
    return maker.wrong("an attribute is missing", "invalid", record, envelope)


_NOTHINGS: tuple[Any, ...] = (None, "", 0, [], {})
_WRONG = (*_NOTHINGS, -1, 2**70, 1.5, True, ["x"], {"$gt": ""}, "\0", "x" * 5000, "\ud800", " \n")


def wrong_attribute(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    name = maker.chance.choice((*_NEEDED, "owner", "seat", "directedto"))
    values = [one for one in _WRONG if not (name == "directedto" and one is None)]
    if name == "data":
        values = [one for one in values if not isinstance(one, dict)]
    envelope[name] = maker.chance.choice(values)
    return maker.wrong("an attribute of another kind", "invalid", record, envelope)


_ILL_FORMED = {
    "source": ("230102001/registry", "/230102001/nobody", "/23/registry", "/230102001/registry/x", "//"),
    "type": ("registry", "registry.organisation", "..", "a.b.c.d", "a..b"),
    "time": ("2026-03-02T01:00:00", "yesterday", "2026-13-45T00:00:00Z", "0001-01-01T00:00:00+14:00"),
    "dataschema": ("urn:x", "urn:x:", "urn:x:-1", "urn:x:1.0", "urn:x:²"),
    "area": ("23010", "230102001x", "２３０１０２", "230102/", "*"),
    "owner": ("nobody", "2301020010010"),
    "seat": ("#", "230102001001001"),
    "audience": ("everybody", "PUBLIC", "area "),
    "specversion": ("0.3", "2.0"),
    "directedto": ("x", "registry@230102001/public/230102001", "a.b@230102001/area/230102001", "@//"),
}


def ill_formed_attribute(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    name = maker.chance.choice(list(_ILL_FORMED))
    envelope[name] = maker.chance.choice(_ILL_FORMED[name])
    return maker.wrong("an attribute that is ill-formed", "invalid", record, envelope)


def unstorable(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    bad: Any = maker.chance.choice(
        ("\ud800", 2**64, -(2**63) - 1, float("nan"), float("inf"), {"a\0b": 1}, {"\udfff": 1}, [[2**63]])
    )
    if maker.chance.random() < 0.3:
        bad = json.loads("[" * 80 + "]" * 80)
    envelope["data"] = envelope["data"] | {"motto": bad}
    return maker.wrong("data that no store keeps", "invalid", record, envelope)


def broken_data(maker: Maker) -> Shot:
    """One field of the state is of another kind, or missing. Services that do not look at it take the event."""
    chance = maker.chance
    record, envelope = maker.fresh()
    key = routing_key(envelope)
    looked = {
        name: [h for h in handlers(name, envelope) if h.kind == "read model"]  # the verb has no effects
        for name in bound(key)
    }
    names = sorted({f for several in looked.values() for h in several for f in views(h)})
    name = chance.choice(names)
    left_out = all(
        views(h)[name].required for several in looked.values() for h in several if name in views(h)
    )
    data = copy.deepcopy(record.data)
    if left_out and chance.random() < 0.3:
        data.pop(name, None)
        kind = "a field of the state is missing"
    else:
        data[name] = chance.choice(_other_kind(looked, name))
        kind = "a field of the state is of another kind"
    fates: dict[str, Fate] = {}
    told: Counter[tuple[str, str, str]] = Counter()
    for where, several in looked.items():
        fates[where] = "invalid" if any(name in views(h) for h in several) else TAKEN
        for h in several:
            if name not in views(h):
                told[where, h.name, maker.outcome(h, record, 1)] += 1
    return Shot(kind, record.way, key, encoded(envelope | {"data": data}), fates, told)


def _other_kind(looked: Mapping[str, list[Handler]], name: str) -> list[Any]:
    """Values that no view of the field takes."""
    seen = [views(h)[name] for several in looked.values() for h in several if name in views(h)]
    if any(isinstance(view, fields.Nested | fields.Dict) for view in seen):
        return [17, "x", True, [[17]]]
    if any(isinstance(view, fields.List) for view in seen):
        return [17, "x", True, {"a": 1}]
    return [{"$gt": ""}, [], [["x"]], {}]


def key_contradicts(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    changed = maker.chance.choice(
        (
            {"area": HERE if envelope["area"] != HERE else CHILDREN[0]},
            {"type": envelope["type"] + "_too"},
            {"audience": "public" if envelope["audience"] != "public" else "area"},
        )
    )
    return maker.wrong("its routing key contradicts it", "forged", record, envelope | changed)


def posing(maker: Maker) -> Shot:
    """It comes a way that its node does not take."""
    record, envelope = maker.fresh()
    others = {
        OWN: (*CHILDREN, DISTRICT),
        ABOVE: (HERE, *CHILDREN, "230102002", "230103"),
    }.get(record.way, (HERE, DISTRICT, CHILDREN[record.node == CHILDREN[0]], "230103"))
    service_name = record.event.subject.service
    envelope["source"] = f"/{maker.chance.choice(others)}/{service_name}"
    return maker.wrong("it poses as another node", "forged", record, envelope)


def false_owner(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    others = [one for one in (HERE, DISTRICT, *CHILDREN, "230103") if one != record.node]
    envelope["owner"] = maker.chance.choice(others)
    return maker.wrong("it names an owner that it may not", "forged", record, envelope)


def anothers_record(maker: Maker) -> Shot:
    """One child tells of a record of the other, newer than that does. Who tells of a record first is its owner, so it
    must have been told of before."""
    theirs = [
        one
        for one in maker.records[-500:]
        if one.node in CHILDREN
        and one.made < maker.made - WINDOW
        and one.subject not in maker.letters
        and _one_view(one.event)
    ]
    if not theirs:
        return posing(maker)
    known = maker.chance.choice(theirs)
    thief = copy.copy(known)
    thief.way = ingress(CHILDREN[known.node == CHILDREN[0]])
    envelope = thief.envelope(known.known + 10, id=new_id())
    return maker.wrong("it tells of another's record", "forged", thief, envelope, key=routing_key(envelope))


def _one_view(event: EventType) -> bool:
    """Whether each service that hears of it does one thing with it."""
    told = {"type": f"{event.subject.service}.{event.subject.noun}.noticed_by_nobody"}
    return all(len(handlers(name, told)) < 2 for name in NAMES)


def around_the_exchange(maker: Maker) -> Shot:
    """Straight to an inner exchange, or to a service's queue without a word of where it came from."""
    record, envelope = maker.fresh(OWN)
    shot = maker.wrong("it comes around the exchange", "forged", record, envelope)
    exchange = maker.chance.choice(("events.all", "events.below", ""))
    if exchange:
        return Shot(shot.kind, exchange, shot.key, shot.body, shot.fates)
    name = maker.chance.choice(NAMES)
    return Shot(shot.kind, "", f"svc.{name}", shot.body, {name: "forged"})


def strange_key(maker: Maker) -> Shot:
    """What is no UTF-8 in a key reaches the services all the same."""
    record, envelope = maker.fresh(maker.chance.choice([ingress(child) for child in CHILDREN]))
    words = routing_key(envelope).split(".")
    key = ".".join((*words[:2], "\xff", *words[3:])).encode("latin-1")
    fates = dict.fromkeys(bound(routing_key(envelope)), "forged")
    return Shot("a routing key that is no text", record.way, key, encoded(envelope), fates)


def in_its_senders_name(maker: Maker) -> Shot:
    """Bad in itself, with properties that must not go on with it."""
    record, envelope = maker.fresh(maker.chance.choice([ingress(child) for child in CHILDREN]))
    properties = maker.chance.choice(
        (
            pika.BasicProperties(content_type=CONTENT_TYPE, user_id=f"link-{record.node}"),
            pika.BasicProperties(content_type=CONTENT_TYPE, expiration="3600000", content_encoding="none"),
            pika.BasicProperties(content_type=CONTENT_TYPE, headers={"CC": [f"svc.{NAMES[1]}"]}),
            pika.BasicProperties(content_type=CONTENT_TYPE, headers={"x-attempts": 8, "x-origin-key": "x"}),
        )
    )
    return maker.wrong(
        "with orders of its sender's", "invalid", record, envelope | {"epoch": 0}, properties=properties
    )


def outside_the_ingress(maker: Maker) -> Shot:
    record, envelope = maker.fresh(maker.chance.choice([ingress(child) for child in CHILDREN]))
    chance = maker.chance
    if chance.random() < 0.7:
        other = chance.choice((HERE, DISTRICT, FOREIGN, CHILDREN[record.node == CHILDREN[0]]))
        changed = {"area": other} if chance.random() < 0.5 else {"audience": "node"}
        key = routing_key(envelope | changed)
        return maker.wrong("not for this ingress", REFUSED, record, envelope | changed, key=key)
    key = chance.choice(("", "x", "#", "." * 40, "x" * 255, f"a.b.c.area.{record.node}", "文字"))
    return maker.wrong("not for this ingress", REFUSED, record, envelope, key=key)


def newer_schema(maker: Maker) -> Shot:
    record, envelope = maker.fresh()
    version = maker.chance.choice(("2", "7", "9" * 40))
    envelope["dataschema"] = envelope["dataschema"].rsplit(":", 1)[0] + f":{version}"
    return maker.wrong("a newer schema", "newer-schema", record, envelope)


def unknown_type(maker: Maker) -> Shot:
    """As a service's queue of an older version still gets it; a local process hands it on."""
    record, envelope = maker.fresh(OWN)
    name = maker.chance.choice(NAMES)
    noun = maker.chance.choice(("satellite", "宇宙", "x" * 100))
    envelope |= {"type": f"{record.event.subject.service}.{noun}.launched"}
    headers = {"x-origin-exchange": OWN, "x-origin-key": routing_key(envelope)}
    properties = pika.BasicProperties(content_type=CONTENT_TYPE, delivery_mode=2, headers=headers)
    fates = {name: "unknown-type"}
    return Shot("an unknown type", "", f"svc.{name}", encoded(envelope), fates, Counter(), properties)


def odd_but_right(maker: Maker) -> Shot:
    """What a newer or careless publisher adds changes nothing."""
    record, chance = maker.record(), maker.chance
    record.data = record.data | {"motto": "x" * chance.choice((10, 1000, 200_000))}
    odd = chance.choice(
        (
            {"newattribute": "x"},
            {"traceparent": "not a trace"},
            {"traceparent": 17},
            {"time": record.moment(1).astimezone(clock.CHINA).isoformat()},
            {"owner": record.node, "seat": record.node},
        )
    )
    maker.records.append(record)
    shot = maker.right(record, 1, "odd, and right all the same", **odd)
    properties = pika.BasicProperties(
        content_type=CONTENT_TYPE,
        delivery_mode=1,
        priority=9,
        message_id=new_id(),
        headers={"x-attempts": "many", "x-origin-exchange": "events.own", "x-reason": 17},
    )
    return Shot(shot.kind, shot.exchange, shot.key, shot.body, shot.fates, shot.told, properties)


def _of_node(
    maker: Maker, kind: str, verb: str, data: Mapping[str, Any], **changed: Any
) -> tuple[Record, Envelope]:
    noun, verb = verb.split(".")
    event = next(
        e for e in event_types().values() if (e.subject.service, e.subject.noun) == ("gateway", noun)
    )
    record = Record(event, ingress(PLAIN), new_id(), {}, datetime(2026, 3, 2, tzinfo=UTC))
    WAYS.setdefault(ingress(PLAIN), PLAIN)
    return record, record.envelope(1, verb=verb, data=dict(data), **changed)


def nodes_word(maker: Maker) -> Shot:
    """What a node tells of itself reaches every service."""
    chance = maker.chance
    announced = {"id": PLAIN, "parent": HERE, "services": [], "withdrawn": [], "url": "http://x", "keys": []}
    asked = {"id": new_id(), "target": "registry", "nouns": ["registry.organisation"]}
    bad: list[tuple[str, str, dict[str, Any], Fate]] = [
        ("keys of another node", "node.announced", announced, "forged"),
        ("a node with broken keys", "node.announced", announced | {"keys": [{"kid": 1}]}, "invalid"),
        ("a request with a target that is none", "resync.asked", asked | {"target": "x" * 300}, "invalid"),
        ("a request with a target that is none", "resync.asked", asked | {"target": "a.b/*#"}, "invalid"),
    ]
    kind, verb, data, fate = chance.choice(bad)
    changed = {"subject": CHILDREN[0]} if fate == "forged" else {"subject": PLAIN} if "node." in verb else {}
    record, envelope = _of_node(maker, kind, verb, data, **changed)
    return maker.wrong(kind, fate, record, envelope, key=routing_key(envelope))


_KINDS: tuple[tuple[tuple[Kind, ...], int], ...] = (
    ((no_json, missing_attribute, wrong_attribute, ill_formed_attribute, broken_data, unstorable), 60),
    ((key_contradicts, posing, false_owner, anothers_record, outside_the_ingress), 40),
    ((other_content_type, unreadable_properties, strange_key, in_its_senders_name), 15),
    ((around_the_exchange, newer_schema, unknown_type, odd_but_right), 15),
    ((nodes_word,), 6),
    ((too_large,), 1),
)


def shots(maker: Maker, count: int) -> Iterator[Shot]:
    """About one in three is valid or a repetition of what is."""
    bad = [kind for kinds, weight in _KINDS for kind in kinds for _ in range(weight)]
    for number in range(count):
        maker.made = number
        yield maker.valid() if number < 50 or number % 4 == 0 else maker.chance.choice(bad)(maker)
