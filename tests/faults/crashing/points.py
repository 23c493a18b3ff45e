"""Places in the event path at which a process can be made to die, by patching the product from outside.

Each has a label. A process that comes to a place for the first time, of all processes of its service, is killed there
with SIGKILL: a file `<service>.<label>` in the folder HATCHERY_CRASHES keeps that it was. Nothing happens before a file
`armed` is there. So a run over all labels is known by the files that it leaves.
"""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import amqp

from shared import runtime
from shared.audit import sealing
from shared.events import batch, consumer, relay
from shared.store import aggregate, outbox, wakeup

VARIABLE = "HATCHERY_CRASHES"
ARMED = "armed"

COMMANDS = ("command-before-commit", "command-after-commit")
EFFECTS = ("effect-before-commit", "effect-after-commit")
RELAY = (
    "relay-before-publish",
    "relay-published-unconfirmed",
    "relay-confirmed-unmarked",
    "relay-half-marked",
    "relay-marked",
)
CONSUMER = (
    "consumer-received",
    "consumer-before-read-models",
    "consumer-after-read-models",
    "consumer-before-ack",
    "consumer-after-ack",
)
LETTERS = ("consumer-letter-confirmed",)
SEALER = ("sealer-before-chain", "sealer-chained", "sealer-cleared")
LABELS = (*COMMANDS, *EFFECTS, *RELAY, *CONSUMER, *LETTERS, *SEALER)

# What the write under way is part of: an effect's cause is `<event>:<effect>`, a request's a plain id.
_writing: ContextVar[str] = ContextVar("writing", default="command")


def hit(label: str) -> None:
    """Die here, if nobody of this service has died here yet."""
    folder = Path(os.environ[VARIABLE])
    if not (folder / ARMED).exists():
        return
    try:
        os.close(os.open(folder / f"{runtime.service()}.{label}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)


def around(owner: Any, name: str, before: str | None = None, after: str | None = None) -> None:
    """Have `owner.name` pass a place when it is called, and one when it has returned."""
    original: Callable[..., Any] = getattr(owner, name)

    @functools.wraps(original)
    def watched(*args: Any, **kwargs: Any) -> Any:
        if before:
            hit(before)
        result = original(*args, **kwargs)
        if after:
            hit(after)
        return result

    setattr(owner, name, watched)


class Watched:
    """A relay's connection: when it is read while events are under way, all of them have been sent."""

    def __init__(self, connection: Any, publisher: relay.Publisher) -> None:
        self._watched, self._publisher = connection, publisher

    def __getattr__(self, name: str) -> Any:
        return getattr(self._watched, name)

    def drain_events(self, *args: Any, **kwargs: Any) -> Any:
        if self._publisher._open:
            hit("relay-published-unconfirmed")
        return self._watched.drain_events(*args, **kwargs)


def install() -> None:
    """Put every place of LABELS into this process, which forks the services from now on."""
    _watch_commits()
    _watch_relay()
    around(consumer.Consumer, "_keep", before="consumer-received")
    around(batch, "keep", before="consumer-before-read-models", after="consumer-after-read-models")
    around(amqp.Channel, "basic_ack", before="consumer-before-ack", after="consumer-after-ack")
    around(consumer.Consumer, "_publish", after="consumer-letter-confirmed")
    around(sealing, "append", before="sealer-before-chain", after="sealer-chained")
    around(sealing, "clear", after="sealer-cleared")


def _watch_commits() -> None:
    write, committed = aggregate._write, wakeup.committed

    def watched_write(call: Any, *rest: Any) -> None:
        _writing.set("effect" if ":" in call.cause else "command")
        hit(f"{_writing.get()}-before-commit")
        write(call, *rest)

    def watched_committed(kinds: Any) -> None:
        hit(f"{_writing.get()}-after-commit")
        committed(kinds)

    aggregate._write = watched_write  # type: ignore[assignment]
    wakeup.committed = watched_committed


def _watch_relay() -> None:
    around(relay.Publisher, "publish", before="relay-before-publish")
    around(outbox, "mark_sent", before="relay-confirmed-unmarked", after="relay-marked")
    around(
        outbox, "UpdateOne", before="relay-half-marked"
    )  # what was sent is kept; now it leaves the outboxes
    begin = relay.Publisher.__init__

    def watched_begin(self: relay.Publisher, connection: Any) -> None:
        begin(self, connection)
        self._connection = Watched(connection, self)

    relay.Publisher.__init__ = watched_begin  # type: ignore[method-assign]
