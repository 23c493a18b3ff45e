"""Dead, parked and refused messages: why they lie there, and sending them again or dropping them.

Reading takes messages without acknowledging them and gives them back in their order. A replay puts a message
straight into its service's queue and acknowledges it only once the broker has confirmed: killed in between,
the message exists twice, and the service recognises the second.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import NackError, UnroutableError

from deploy.channel import connected, depth
from deploy.trouble import UNREACHABLE, Trouble
from deploy.uris import Address
from shared.events import topology

Kind = Literal["dead", "parked", "refused"]

PAUSE = 5.0  # seconds without a message after which a queue has no more
# What the consumer or the broker notes beside a message that it gives up. A replayed one starts afresh.
NOTES = ("x-reason", "x-detail", "x-attempts", "x-first-failed", "x-delivery-count")


@dataclass(frozen=True)
class Letter:
    """One message with what is known of its failure; empty where nobody noted it."""

    queue: str
    event_id: str
    type: str
    subject: str
    time: str
    reason: str
    detail: str
    attempts: int
    first_failed: str
    origin: str  # "<exchange> <routing key>" that it first came with
    headers: dict[str, Any]
    body: str


def queue_of(kind: Kind, service: str) -> str:
    match kind:
        case "dead":
            return topology.dead_queue(service)
        case "parked":
            return topology.parked_queue(service)
        case "refused":
            return topology.REFUSED


def read(address: Address, queue: str, limit: int, ids: Collection[str] = ()) -> list[Letter]:
    """The queue's first `limit` messages, or those of the given event ids. All stay where they are."""
    letters: list[Letter] = []
    with _walk(address, queue) as walk:
        for message in walk:
            letter = _letter(queue, message)
            if len(letters) < limit and (not ids or letter.event_id in ids):
                letters.append(letter)
    return letters


def replay(
    address: Address,
    queue: str,
    service: str,
    limit: int,
    ids: Collection[str],
    say: Callable[[Letter], None],
) -> int:
    """Send the messages to the service's queue again; how many. Empty `ids` means all."""
    target = topology.service_queue(service)

    def act(channel: BlockingChannel, message: _Message) -> None:
        properties = message.properties
        properties.headers = _afresh(properties.headers or {}, target)
        try:
            channel.basic_publish("", target, message.body, properties, mandatory=True)
        except (NackError, UnroutableError) as error:
            raise Trouble(
                f"{target} does not take messages; nothing more was replayed", UNREACHABLE
            ) from error

    return _each(address, queue, limit, ids, say, act)


def drop(
    address: Address, queue: str, limit: int, ids: Collection[str], say: Callable[[Letter], None]
) -> int:
    """Delete the messages for good; how many. Empty `ids` means all."""
    return _each(address, queue, limit, ids, say, lambda channel, message: None)


@dataclass
class _Message:
    tag: int
    properties: pika.BasicProperties
    routing_key: str
    exchange: str
    body: bytes


class _Walk:
    """The messages that a queue holds now. What is not settled goes back at the end.

    All are taken, however few are wanted: a quorum queue puts what comes back behind what came back before,
    so only all of them together come back in their order.
    """

    def __init__(self, channel: BlockingChannel, queue: str, count: int) -> None:
        self.channel = channel
        self._queue = queue
        self._count = count  # still to come
        self._held: dict[int, None] = {}

    def __iter__(self) -> Iterator[_Message]:
        if not self._count:
            return
        for method, properties, body in self.channel.consume(self._queue, inactivity_timeout=PAUSE):
            if method is None:
                return
            self._held[method.delivery_tag] = None
            self._count -= 1  # of those from the start: a replayed one that fails again is not met again
            yield _Message(method.delivery_tag, properties, method.routing_key, method.exchange, body)
            if not self._count:
                return

    def settle(self, message: _Message) -> None:
        self.channel.basic_ack(message.tag)
        del self._held[message.tag]

    def give_back(self) -> None:
        for _ in self:  # pass by the rest
            pass
        self.channel.cancel()  # or what goes back would come again at once, and mix up the order
        for tag in self._held:
            self.channel.basic_nack(tag, requeue=True)


@contextmanager
def _walk(address: Address, queue: str) -> Iterator[_Walk]:
    with connected(address) as connection:
        # A service that never ran has no queues yet, so nothing lies in them.
        count, _ = depth(connection, queue) or (0, 0)
        channel = connection.channel()
        channel.confirm_delivery()
        walk = _Walk(channel, queue, count)
        try:
            yield walk
        finally:
            if channel.is_open:
                walk.give_back()
                channel.close()  # waits until the broker has taken the above


def _each(
    address: Address,
    queue: str,
    limit: int,
    ids: Collection[str],
    say: Callable[[Letter], None],
    act: Callable[[BlockingChannel, _Message], None],
) -> int:
    """Act on the first `limit` of the messages, or of those with the given ids, and settle each; how many."""
    count = 0
    with _walk(address, queue) as walk:
        for message in walk:
            letter = _letter(queue, message)
            if count < limit and (not ids or letter.event_id in ids):
                act(walk.channel, message)
                walk.settle(message)
                say(letter)
                count += 1
    return count


def _letter(queue: str, message: _Message) -> Letter:
    headers = dict(message.properties.headers or {})
    event = _event(message.body)
    deaths: list[dict[str, Any]] = headers.get("x-death") or []
    # Through a link's inlet everything passes as a dead letter.
    death = next((each for each in deaths if not topology.is_inlet(str(each.get("queue")))), {})
    origin = (headers.get("x-origin-exchange"), headers.get("x-origin-key"))
    if origin[1] is None:
        origin = (death.get("exchange"), next(iter(death.get("routing-keys") or []), None))
    if origin[1] is None:
        origin = (message.exchange, message.routing_key)
    return Letter(
        queue=queue,
        event_id=str(message.properties.message_id or event.get("id") or ""),
        type=str(message.properties.type or event.get("type") or ""),
        subject=str(event.get("subject") or ""),
        time=str(event.get("time") or ""),
        reason=str(headers.get("x-reason") or death.get("reason") or _why(queue)),
        detail=str(headers.get("x-detail") or ""),
        attempts=int(headers.get("x-attempts") or death.get("count") or 0),
        first_failed=str(headers.get("x-first-failed") or death.get("time") or ""),
        origin=f"{origin[0] or ''} {origin[1] or ''}".strip(),
        headers=headers,
        body=message.body.decode("utf-8", "replace"),
    )


def _why(queue: str) -> str:
    return "not-admitted" if queue == topology.REFUSED else ""


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _afresh(headers: dict[str, Any], queue: str) -> dict[str, Any]:
    """The headers without the notes of the failure, but still telling where the message first came from.

    The consumer notes that itself; where the broker gave the message up, its record of deaths knows.
    """
    kept = {
        k: v for k, v in headers.items() if k not in NOTES and not k.startswith(("x-death", "x-first-death"))
    }
    if "x-origin-exchange" not in kept:
        for death in headers.get("x-death") or []:
            if death.get("queue") == queue and death.get("exchange") and death.get("routing-keys"):
                kept["x-origin-exchange"] = death["exchange"]
                kept["x-origin-key"] = death["routing-keys"][0]
    return kept
