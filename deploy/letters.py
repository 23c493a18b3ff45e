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
    with _walk(address, queue) as messages:
        letters = []
        for message in messages:
            letter = _letter(queue, message)
            if not ids or letter.event_id in ids:
                letters.append(letter)
            if len(letters) == limit:
                break
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
    channel: BlockingChannel
    tag: int
    properties: pika.BasicProperties
    routing_key: str
    exchange: str
    body: bytes
    done: bool = False


@contextmanager
def _walk(address: Address, queue: str) -> Iterator[Iterator[_Message]]:
    """The messages that the queue holds now, one after the other; what isn't `done` goes back at the end."""
    with connected(address) as connection:
        # A service that never ran has no queues yet, so nothing lies in them.
        count, _ = depth(connection, queue) or (0, 0)
        channel = connection.channel()
        channel.confirm_delivery()
        held: list[_Message] = []

        def messages() -> Iterator[_Message]:
            for _ in range(count):  # a replayed message that fails again must not be met again
                method, properties, body = channel.basic_get(queue)
                if method is None:
                    return
                tag = method.delivery_tag
                message = _Message(channel, tag, properties, method.routing_key, method.exchange, body)
                held.append(message)
                yield message

        try:
            yield messages()
        finally:
            if channel.is_open:
                for message in held:
                    if not message.done:
                        channel.basic_nack(message.tag, requeue=True)
                channel.close()  # waits until the broker has taken the above


def _each(
    address: Address,
    queue: str,
    limit: int,
    ids: Collection[str],
    say: Callable[[Letter], None],
    act: Callable[[BlockingChannel, _Message], None],
) -> int:
    count = 0
    with _walk(address, queue) as messages:
        for message in messages:
            letter = _letter(queue, message)
            if ids and letter.event_id not in ids:
                continue
            act(message.channel, message)
            message.channel.basic_ack(message.tag)
            message.done = True
            say(letter)
            count += 1
            if count == limit:
                break
    return count


def _letter(queue: str, message: _Message) -> Letter:
    headers = dict(message.properties.headers or {})
    event = _event(message.body)
    death: dict[str, Any] = next(iter(headers.get("x-death") or []), {})
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
