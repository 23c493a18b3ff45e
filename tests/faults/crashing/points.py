"""Puts the places of `labels` into a process, by patching the product from outside."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import amqp

from deploy import launcher
from shared import runtime, service
from shared.audit import sealing
from shared.events import batch, consumer, relay, topology
from shared.http import idempotency
from shared.store import aggregate, lease, outbox, waiting, wakeup
from tests.faults.crashing import labels
from tests.faults.crashing.patching import instead

LEASE = timedelta(seconds=3)  # instead of fifteen, in a hurry
# What the write under way is part of.
_writing: ContextVar[str] = ContextVar("writing", default="command")


def install() -> None:
    """Put every place of `labels.LABELS` into this process, which forks the services from now on."""
    if labels.HURRIED in os.environ:
        _hurry()
    _watch_commits()
    _watch_answers()
    _watch_relay()
    _watch_lease()
    _watch_links()
    around(consumer.Consumer, "_keep", before="consumer-received")
    around(batch, "keep", before="consumer-before-read-models", after="consumer-after-read-models")
    around(amqp.Channel, "basic_ack", before="consumer-before-ack", after="consumer-after-ack")
    around(consumer.Consumer, "_publish", after="consumer-letter-confirmed")
    around(sealing, "append", before="sealer-before-chain", after="sealer-chained")
    around(sealing, "clear", after="sealer-cleared")


def _hurry() -> None:
    """Where services fall some thirty times each, and on purpose, pauses only make that last."""
    setattr(launcher, "BACKOFF", launcher.BACKOFF[:1])  # noqa: B010, it is a tuple of another length

    @instead(lease.Lease, "__init__")
    def begin(original: Callable[..., None], self: lease.Lease, name: str, lasts: timedelta = LEASE) -> None:
        original(self, name, min(lasts, LEASE))


def hit(label: str) -> None:
    """Die here, if nobody of this service has died here yet."""
    if labels.dies_at(f"{runtime.service()}.{label}"):
        os.kill(os.getpid(), signal.SIGKILL)


def around(owner: Any, name: str, before: str | None = None, after: str | None = None) -> None:
    """Have `owner.name` pass a place when it is called, and one when it has returned."""

    @instead(owner, name)
    def watched(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if before:
            hit(before)
        result = original(*args, **kwargs)
        if after:
            hit(after)
        return result


def _watch_commits() -> None:
    @instead(service, "dispatch")
    def dispatch(original: Callable[..., None], *args: Any) -> None:
        token = _writing.set("effect")
        try:
            original(*args)
        finally:
            _writing.reset(token)

    @instead(aggregate, "_write")
    def write(original: Callable[..., None], *args: Any) -> None:
        hit(f"{_writing.get()}-before-commit")
        original(*args)

    @instead(wakeup, "committed")
    def committed(original: Callable[..., None], *args: Any) -> None:
        hit(f"{_writing.get()}-after-commit")
        original(*args)


def _watch_answers() -> None:
    @instead(idempotency, "once")
    def once(original: Callable[..., Any], *args: Any) -> Any:
        *told, run = args
        ran = []

        def watched_run(*about: Any) -> Any:
            hit("request-noted")
            ran.append(run(*about))
            hit("answer-before-kept")
            return ran[0]

        answer = original(*told, watched_run)
        if ran:
            hit("answer-kept")
        return answer


class Watched:
    """A connection of the relay: when it is read while events are under way, all of them have been sent."""

    def __init__(self, connection: Any, publisher: relay.Publisher) -> None:
        self._watched, self._publisher = connection, publisher

    def __getattr__(self, name: str) -> Any:
        return getattr(self._watched, name)

    def drain_events(self, *args: Any, **kwargs: Any) -> Any:
        if self._publisher._open:
            hit("relay-published-unconfirmed")
        return self._watched.drain_events(*args, **kwargs)


def _watch_relay() -> None:
    around(relay.Relay, "_publish", before="relay-before-publish")
    around(outbox, "mark_sent", before="relay-confirmed-unmarked", after="relay-marked")
    around(waiting, "take_out", before="relay-half-marked")

    @instead(relay.Relay, "_connect")
    def connect(original: Callable[..., Any], self: relay.Relay) -> Any:
        publisher = original(self)
        if not isinstance(publisher._connection, Watched):
            publisher._connection = Watched(publisher._connection, publisher)
        return publisher


def _watch_lease() -> None:
    @instead(lease.Lease, "take")
    def take(original: Callable[..., bool], self: lease.Lease) -> bool:
        held = self._renewed.year > 1
        taken = original(self)
        if taken and not held and self.name == "relay":  # nobody held it, or one that was killed
            hit("relay-lease-taken")
        return taken

    @instead(lease.Lease, "release")
    def release(original: Callable[..., None], self: lease.Lease) -> None:
        if self.name == "relay":
            hit("relay-lease-before-release")
        original(self)
        if self.name == "relay":
            hit("relay-lease-released")


def _watch_links() -> None:
    @instead(consumer.Consumer, "_bring_through")
    def bring_through(original: Callable[..., None], self: Any, messages: list[amqp.Message]) -> None:
        if any(_came_over_a_link(message) for message in messages):
            hit("link-received")
        original(self, messages)


def _came_over_a_link(message: amqp.Message) -> bool:
    exchange = str(message.delivery_info["exchange"])
    return exchange == topology.ABOVE or exchange.startswith(topology.ingress(""))
