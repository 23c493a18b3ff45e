"""Each switch breaks one guard of the event path, so that a test can show that it finds the damage.

Chosen by the environment variable VARIABLE when a launcher of the test build is started; the product has no such
switch.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

import amqp

from shared.call import Call
from shared.events import consumer, relay, topology
from shared.events.types import routing_key
from shared.ids import new_id
from shared.store import aggregate, outbox, wakeup
from shared.store.aggregate import Aggregate, Held, Record
from shared.store.outbox import Pending
from tests.faults.crashing.patching import instead

VARIABLE = "HATCHERY_BROKEN"


def no_confirms() -> None:
    """The relay asks for no confirms and marks as sent what it has written to its socket."""

    @instead(relay.Publisher, "__init__")
    def begin(_original: Any, self: Any, connection: Any) -> None:
        self._connection, self._channel, self._open = connection, connection.channel(), {}

    @instead(relay.Publisher, "publish")
    def publish(_original: Any, self: Any, envelopes: Sequence[dict[str, Any]]) -> set[str]:
        for one in envelopes:
            self._channel.basic_publish(
                self._message(one), exchange=topology.OWN, routing_key=routing_key(one), mandatory=True
            )
        return {str(one["id"]) for one in envelopes}


def no_inbox() -> None:
    """Nobody looks whether a cause has acted before, and none is kept: ids are random."""

    @instead(aggregate, "_write")
    def write(original: Callable[..., None], call: Call, *rest: Any) -> None:
        original(replace(call, cause=new_id()), *rest)

    @instead(aggregate, "acted")
    def acted(_original: Any, call: Call, found: Aggregate) -> bool:
        return False

    @instead(Call, "new_id")
    def any_id(_original: Any, self: Call, label: str) -> str:
        return new_id()


def no_outbox() -> None:
    """Events are kept in the memory of the process that committed them, and published from there."""
    writing: ContextVar[tuple[Pending, ...]] = ContextVar("writing", default=())  # not committed yet
    kept: list[Pending] = []

    @instead(aggregate, "_parts")
    def begin(original: Callable[..., Any], changes: Any) -> Any:
        writing.set(())
        return original(changes)

    @instead(aggregate, "_write")
    def write(original: Callable[..., None], call: Call, change: Any, parts: Any, session: Any) -> None:
        original(call, change, parts, session)
        if isinstance(change, Record | Held):
            return
        collection = type(change[0])._get_collection()
        emptied = {"$set": {"outbox": []}, "$unset": {"pending_since": 1}}
        stored = collection.find_one_and_update({"_id": change[0].id}, emptied, session=session)
        told = (Pending(collection.name, change[0].id, envelope) for envelope in stored["outbox"])
        writing.set((*writing.get(), *told))

    @instead(wakeup, "committed")
    def committed(original: Callable[..., None], kinds: Any) -> None:
        kept.extend(writing.get())
        writing.set(())
        original(kinds)

    @instead(outbox, "pending")
    def pending(_original: Any, kinds: Any, limit: int) -> list[Pending]:
        return list({one.subject: one for one in reversed(kept)}.values())[
            :limit
        ]  # the oldest of each subject

    @instead(outbox, "mark_sent")
    def mark_sent(original: Callable[..., None], sent: list[Pending]) -> None:
        original(sent)
        ids = {one.envelope["id"] for one in sent}
        kept[:] = [one for one in kept if one.envelope["id"] not in ids]

    @instead(outbox, "backlog")
    def backlog(_original: Any, kinds: Any) -> tuple[int, float]:
        return len(kept), 0.0


class _Acknowledged:
    """What stands for the channel of a message that is acknowledged already."""

    def basic_ack(self, *_: Any, **__: Any) -> None:
        pass


def ack_first() -> None:
    """The consumer acknowledges what it receives before anything is done with it."""

    @instead(consumer.Consumer, "_bring_through")
    def bring_through(original: Callable[..., None], self: Any, messages: list[amqp.Message]) -> None:
        for message in messages:
            message.channel.basic_ack(message.delivery_tag)
            message.channel = _Acknowledged()
        original(self, messages)


SWITCHES: Mapping[str, Callable[[], None]] = {
    "no-confirms": no_confirms,
    "no-inbox": no_inbox,
    "no-outbox": no_outbox,
    "ack-first": ack_first,
}


def install() -> None:
    """What the environment asks for. Raises KeyError for what is no switch."""
    if chosen := os.environ.get(VARIABLE):
        SWITCHES[chosen]()
