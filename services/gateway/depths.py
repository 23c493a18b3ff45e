"""What the node's operators must know of its broker: how much waits in the queues that no service of the node
counts (links, dead letters, parked, refused), whether links are taken from, how long until they are full, and
alarms."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import amqp
import eventlet
import requests
from amqp.exceptions import NotFound
from nameko.extensions import DependencyProvider
from prometheus_client import Gauge
from pymongo.errors import PyMongoError

from services.gateway.growth import Growth
from services.gateway.management import RESOURCES, Management
from shared import runtime
from shared.events import broker, topology
from shared.node import GATEWAY, Node
from shared.store import nodes
from shared.telemetry import metrics

_log = logging.getLogger(__name__)

EVERY = 10.0  # seconds between two looks
LISTEN = 2.0  # seconds between heartbeats, well below the broker's patience
Samples = dict[tuple[Gauge, str], float]  # by gauge and label


class Depths(DependencyProvider):
    """Asks the queues themselves, over one connection of its own that is kept: a new one for every look would
    fill the broker's log."""

    def setup(self) -> None:
        self._connection: amqp.Connection | None = None
        self._management: Management | None = None
        self._growth: dict[str, Growth] = {}
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
        if self._management is None and here.broker_admin:
            self._management = Management(here.broker_admin, runtime.broker_uri(), here.verify)
        found: Samples = {}
        for gauge, label, queue in watched(here):
            counted = _counted(self._connection, queue)
            if counted is not None:
                found[gauge, label] = counted.messages
                if gauge is metrics.LINK_DEPTH:
                    found[metrics.LINK_CONNECTED, label] = float(counted.consumers > 0)
        found |= self._managed([label for gauge, label in found if gauge is metrics.LINK_DEPTH])
        for gauge, label in self._told - found.keys():  # a child that was removed
            gauge.remove(label)
        for (gauge, label), value in found.items():
            gauge.labels(label).set(value)
        self._told = set(found)

    def _managed(self, links: list[str]) -> Samples:
        """What the management API tells of the links' queues and of the broker; not a number where it does
        not answer."""
        found: Samples = {(metrics.LINK_BYTES_LIMIT, link): topology.LINK_BYTES for link in links}
        found |= {(metrics.LINK_BYTES, link): math.nan for link in links}
        found |= {(metrics.LINK_SECONDS_LEFT, link): math.nan for link in links}
        found |= {(metrics.BROKER_ALARM, resource): math.nan for resource in RESOURCES}
        if self._management is None:
            return found
        try:
            raised = self._management.alarms()
            found |= {(metrics.BROKER_ALARM, resource): float(resource in raised) for resource in RESOURCES}
            for link in links:
                held = self._management.bytes_in(link)
                if held is not None:
                    growth = self._growth.setdefault(link, Growth(topology.LINK_BYTES))
                    growth.see(time.monotonic(), held)
                    found[metrics.LINK_BYTES, link] = held
                    found[metrics.LINK_SECONDS_LEFT, link] = growth.seconds_left()
        except requests.RequestException:
            self._management = None  # the next look takes the password that counts by then
        return found

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


class _Counted(NamedTuple):
    messages: int
    consumers: int


def _counted(connection: amqp.Connection, queue: str) -> _Counted | None:
    """Messages that are ready in a queue, and who takes them; None where there is none of that name (yet)."""
    channel: Any = connection.channel()
    try:
        declared = channel.queue_declare(queue, passive=True)
    except NotFound:
        return None  # the broker has closed the channel
    channel.close()
    return _Counted(declared.message_count, declared.consumer_count)
