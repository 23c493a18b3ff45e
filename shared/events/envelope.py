"""Reading an event from the bus: its form (CloudEvents 1.0) and whether it may come from where it came.

An envelope that contradicts its routing key, or speaks for an area that the link it came over does not lead
to, is refused whatever it says.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared import areas, clock
from shared.events.directed import Direction
from shared.events.types import routing_key

CONTENT_TYPE = "application/cloudevents+json"
LARGEST = 1024 * 1024  # bytes of a message that is looked at
DEEPEST = 50  # levels of lists and objects within data; stores keep some 100, the deepest event has 6
_FORMAT = JSONFormat()
_HALF = re.compile("[\ud800-\udfff]")  # of a character outside the basic plane, written as two in JSON


class BadEvent(Exception):
    """The message cannot be handled; `reason` is a stable word for operators, the text says more.

    `passing`: it may be right once something else has arrived, so it is tried again before it is given up.
    """

    def __init__(self, reason: str, detail: str, *, passing: bool = False) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.passing = passing


@dataclass(frozen=True)
class Event:
    """A well-formed event. `node` is the area of the node that published it, `owner` of the one that owns the
    record as of this event, `seat` the area whose node ought to own it (None from older versions). `data` is
    not yet validated.
    """

    id: str
    type: str
    service: str
    noun: str
    verb: str
    node: str
    subject: str
    time: datetime
    dataschema: str
    sequence: int
    epoch: int
    area: str
    owner: str
    seat: str | None
    audience: str
    causation: str
    correlation: str
    traceparent: str | None
    directed: str | None  # to which node and service alone, see shared.events.directed
    data: dict[str, Any]

    @property
    def schema_version(self) -> int:
        return int(self.dataschema.rsplit(":", 1)[-1])


def encode(envelope: dict[str, Any]) -> bytes:
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()


def decode(body: bytes, content_type: str | None) -> Event:
    """The event in a message body. Raises BadEvent: `undecodable` or `invalid`."""
    if content_type != CONTENT_TYPE:
        raise BadEvent("undecodable", f"content type is {content_type!r}, not {CONTENT_TYPE}")
    if len(body) > LARGEST:
        raise BadEvent("undecodable", f"{len(body)} bytes are more than {LARGEST}")
    try:
        standard = _FORMAT.read(_standard, body)
    except CloudEventValidationError as error:
        raise BadEvent("invalid", f"not a CloudEvent: {error}"[:300]) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if _is_object(body):  # the one attribute that is read before it is checked
            raise BadEvent("invalid", f"time must be an RFC 3339 time: {str(error)[:300]}") from error
        raise BadEvent("undecodable", f"not a CloudEvent in JSON: {str(error)[:300]}") from error
    given = standard.get_attributes()
    data = standard.get_data()
    if not isinstance(data, dict):
        raise BadEvent("invalid", "data is not an object")
    for name, value in data.items():
        if not _storable({name: value}, DEEPEST):
            raise BadEvent("invalid", f"data: {ascii(name)[:100]} holds what no store keeps")
    return _event(given, data)


def _standard(given: dict[str, Any], data: Any) -> CloudEvent:
    """Without an id of its sender's an event would be a new one each time it comes: the library makes one up."""
    for name in ("specversion", "id", "time"):
        if name not in given:
            raise BadEvent("invalid", f"{name} is missing")
    return CloudEvent(given, data)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        return False


def _storable(value: Any, levels: int) -> bool:
    """Whether a store can keep the value: JSON also has half characters, numbers without bound and NaN."""
    if isinstance(value, str):
        return not _HALF.search(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        keys = all("\0" not in key and not _HALF.search(key) for key in value)
        return levels > 0 and keys and all(_storable(each, levels - 1) for each in value.values())
    if isinstance(value, list):
        return levels > 0 and all(_storable(each, levels - 1) for each in value)
    return True


def _event(given: dict[str, Any], data: dict[str, Any]) -> Event:
    def text(name: str, length: int = 200) -> str:
        value = given.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= length or not value.isprintable():
            raise BadEvent("invalid", f"{name} must be a text of 1 to {length} printable characters")
        return value

    def count(name: str) -> int:
        value = given.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**53:
            raise BadEvent("invalid", f"{name} must be a whole number above 0")
        return value

    words, origin = text("type").split("."), text("source").split("/")
    if len(words) != 3 or not all(words):
        raise BadEvent("invalid", "type must be <service>.<noun>.<verb>")
    if len(origin) != 3 or origin[0] or not areas.is_area(origin[1]) or origin[2] != words[0]:
        raise BadEvent("invalid", "source must be /<area of the node>/<service of the type>")
    for name in ("area", "owner", "seat"):
        if (name == "area" or name in given) and not areas.is_area(text(name)):
            raise BadEvent("invalid", f"{name} must be a division code")
    if text("audience") not in ("public", "area", "node"):
        raise BadEvent("invalid", "audience must be public, area or node")
    if not text("dataschema").rsplit(":", 1)[-1].isdecimal():
        raise BadEvent("invalid", "dataschema must end in its major version")
    time = given.get("time")
    if not isinstance(time, datetime) or time.tzinfo is None:
        raise BadEvent("invalid", "time must be an RFC 3339 time with an offset")
    try:
        moment = clock.parse(time.isoformat())
    except ValueError as error:
        raise BadEvent("invalid", f"time: {error}") from error
    directed = given.get("directedto")
    if directed is not None:
        try:
            Direction.parse(text("directedto"))
        except ValueError as error:
            raise BadEvent("invalid", f"directedto: {error}") from error
    return Event(
        id=text("id", 64),
        type=given["type"],
        service=words[0],
        noun=words[1],
        verb=words[2],
        node=origin[1],
        subject=text("subject", 64),
        time=moment,
        dataschema=given["dataschema"],
        sequence=count("sequence"),
        epoch=count("epoch"),
        area=given["area"],
        owner=given.get("owner", origin[1]),  # events of older versions do not tell
        seat=given.get("seat"),
        audience=given["audience"],
        causation=text("causationid"),
        correlation=text("correlationid"),
        traceparent=given.get("traceparent") if isinstance(given.get("traceparent"), str) else None,
        directed=directed,
        data=data,
    )


def check_origin(event: Event, here: str, exchange: str, key: str) -> None:
    """Raise BadEvent `forged` unless the event may have come through `exchange` with this routing key.

    The broker itself names the exchange that a message was first published to: `events.own` belongs to this
    node's services, `ingress.<child>` to that child's link, `events.above` to the link from the parent.
    """
    told = routing_key(
        {
            "type": event.type,
            "audience": event.audience,
            "area": event.area,
            "directedto": event.directed,
        }
    )
    if told != key:
        raise BadEvent("forged", f"the routing key {key[:200]!r} contradicts the envelope's {told!r}")
    if exchange == "events.own":
        right = event.node == here
    elif exchange.startswith("ingress."):
        child = exchange.removeprefix("ingress.")
        right = areas.contains(child, event.node) and areas.contains(child, event.area)
    elif exchange == "events.above":
        right = event.node != here and areas.contains(event.node, here)
    else:
        right = False
    if not _may_name(event):
        raise BadEvent("forged", f"node {event.node} cannot make {event.owner} an owner by {event.type}")
    if not right:
        raise BadEvent("forged", f"an event of node {event.node} cannot come through {exchange or 'a queue'}")


def _may_name(event: Event) -> bool:
    """A node tells of its own records; only in handing one over it names another owner, above or below it."""
    if event.owner == event.node:
        return True
    on_one_line = areas.contains(event.node, event.owner) or areas.contains(event.owner, event.node)
    return event.verb == "handed_over" and on_one_line
