"""How much waits in the node's queues that no service of its own counts: links, dead letters, parked, refused."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Iterator
from typing import Any

import amqp
import eventlet
from amqp.exceptions import NotFound
from nameko.extensions import DependencyProvider
from prometheus_client import Gauge
from pymongo.errors import PyMongoError

from shared import runtime
from shared.events import broker, topology
from shared.node import GATEWAY, Node
from shared.store import nodes
from shared.telemetry import metrics

_log = logging.getLogger(__name__)

EVERY = 10.0  # seconds between two looks
LISTEN = 2.0  # seconds between heartbeats, well below the broker's patience
GAUGES = (metrics.LINK_DEPTH, metrics.DEAD_LETTERS, metrics.PARKED, metrics.REFUSED)


class Depths(DependencyProvider):
    """Asks the queues themselves, over one connection of its own that is kept: a new one for every look would
    fill the broker's log."""

    def setup(self) -> None:
        self._connection: amqp.Connection | None = None
        self._told: set[tuple[Gauge, str]] = set()
        self._thread: Any = None

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="depths")

    def stop(self) -> None:
        self._thread.kill()
        self._disconnect()

    def _run(self) -> None:
        failing = False
        while True:
            try:
                self._look()
                failing = False
                self._rest()
            except (*broker.ERRORS, PyMongoError) as error:
                if not failing:  # once per outage
                    _log.warning("queues cannot be measured", extra={"reason": type(error).__name__})
                failing = True
                self._unknown()
                self._disconnect()
                eventlet.sleep(EVERY)

    def _look(self) -> None:
        """Measure all. Raises one of broker.ERRORS or PyMongoError."""
        here = runtime.node()
        if self._connection is None:
            self._connection = broker.connect(runtime.broker_uri(), f"gateway depths @ {here.area}")
        found = {
            (gauge, label): depth
            for gauge, label, queue in watched(here)
            if (depth := _depth(self._connection, queue)) is not None
        }
        for gauge, label in self._told - found.keys():  # a child that was removed
            gauge.remove(label)
        for (gauge, label), depth in found.items():
            gauge.labels(label).set(depth)
        self._told = set(found)

    def _unknown(self) -> None:
        for gauge, label in self._told:
            gauge.labels(label).set(math.nan)

    def _rest(self) -> None:
        """Wait for the next look, keeping the connection alive. Raises one of broker.ERRORS."""
        assert self._connection is not None
        end = time.monotonic() + EVERY
        while time.monotonic() < end:
            with contextlib.suppress(TimeoutError):
                self._connection.drain_events(timeout=LISTEN)
            self._connection.heartbeat_tick()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception), eventlet.Timeout(2.0, False):
                connection.close()


def watched(here: Node) -> Iterator[tuple[Gauge, str, str]]:
    """Gauge, label and queue of everything that this node's operators must know of."""
    if here.parent:
        yield metrics.LINK_DEPTH, topology.LINK_UP, topology.LINK_UP
    for area, other in nodes.known().items():
        if other.parent == here.area:
            yield metrics.LINK_DEPTH, topology.link_down(area), topology.link_down(area)
    for service in (GATEWAY, *here.services):
        yield metrics.DEAD_LETTERS, service, topology.dead_queue(service)
        yield metrics.PARKED, service, topology.parked_queue(service)
    yield metrics.REFUSED, here.area, topology.REFUSED


def _depth(connection: amqp.Connection, queue: str) -> int | None:
    """How many messages are ready in a queue; None where there is none of that name (yet)."""
    channel: Any = connection.channel()
    try:
        depth = int(channel.queue_declare(queue, passive=True).message_count)
    except NotFound:
        return None  # the broker has closed the channel
    channel.close()
    return depth
