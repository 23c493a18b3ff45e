"""The relay: sends what committed commands left in their outboxes, for ever and in each subject's order.

One relay is active per service and node (a lease in the store). It publishes a window of events, at most one
of each subject, waits a bounded time for the broker's confirms, and moves what was confirmed out of the
outboxes. Whatever is not confirmed is sent again in the next round: consumers tell events apart by id.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Collection, Sequence
from typing import Any

import amqp
import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import DependencyProvider
from opentelemetry.trace import SpanKind
from pymongo.errors import PyMongoError

from shared import runtime
from shared.events import broker, envelope, topology
from shared.events.types import routing_key
from shared.store import outbox, wakeup
from shared.store.aggregate import Aggregate
from shared.store.lease import Lease
from shared.telemetry import metrics, tracing

_log = logging.getLogger(__name__)

WINDOW = 200  # events under way; above it nothing was gained in the trials, below it confirms are waited for
CONFIRM = 15.0  # seconds for a window's confirms; a blocked broker (memory alarm) never answers
# Records of each kind that one look into the outboxes finds, sent window by window. A look costs the more the
# more waits: after days without a broker, one for each window was most of the work.
LOOK = 1000
IDLE = 2.0  # seconds between looks whether another process of the service has committed
AROUND = 10.0  # seconds between looks into all outboxes, for what one that was killed left behind
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)  # seconds between attempts to reach the broker or the store
MEASURE = 12.0  # seconds between looks at the backlog's size; longer than AROUND, which finds if there is any
MEASURE_SHARE = 20  # and so many times as long as the look took, as counting a large backlog takes long


class Unconfirmed(Exception):
    """The broker did not confirm, or returned, at least one event of the window."""


class Publisher:
    """Publishes windows of envelopes with confirms over one channel."""

    def __init__(self, connection: amqp.Connection) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._acked)
        self._channel.events["basic_nack"].add(self._nacked)
        self._channel.events["basic_return"].add(self._returned)
        self._tag = 0
        self._open: dict[int, dict[str, Any]] = {}
        self._confirmed: set[str] = set()
        self._returned_ids: set[str] = set()

    def publish(self, envelopes: Sequence[dict[str, Any]]) -> set[str]:
        """The ids that the broker confirmed within CONFIRM seconds. Raises one of broker.ERRORS."""
        self._open, self._confirmed, self._returned_ids = {}, set(), set()
        for one in envelopes:
            self._tag += 1
            self._open[self._tag] = one
            self._channel.basic_publish(
                self._message(one), exchange=topology.OWN, routing_key=routing_key(one), mandatory=True
            )
        with contextlib.suppress(TimeoutError), eventlet.Timeout(CONFIRM, TimeoutError):
            while self._open:
                self._connection.drain_events(timeout=CONFIRM)
        return self._confirmed - self._returned_ids

    def _message(self, one: dict[str, Any]) -> amqp.Message:
        headers = {"traceparent": one["traceparent"]} if "traceparent" in one else {}
        return amqp.Message(
            envelope.encode(one),
            content_type=envelope.CONTENT_TYPE,
            delivery_mode=2,
            message_id=one["id"],
            type=one["type"],
            application_headers=headers,
        )

    def _settled(self, tag: int, multiple: bool) -> list[dict[str, Any]]:
        tags = [t for t in self._open if t <= tag] if multiple else [tag] if tag in self._open else []
        return [self._open.pop(t) for t in tags]

    def _acked(self, tag: int, multiple: bool) -> None:
        self._confirmed.update(one["id"] for one in self._settled(tag, multiple))

    def _nacked(self, tag: int, multiple: bool) -> None:
        metrics.PUBLISH_FAILURES.labels("nacked").inc(len(self._settled(tag, multiple)))

    def _returned(self, error: Any, exchange: str, key: str, message: amqp.Message) -> None:
        # In sound topology the log stream takes everything, so this is an alarm; the event stays in its outbox.
        metrics.PUBLISH_FAILURES.labels("returned").inc()
        _log.error("the broker returned an event: nothing is bound to take it", extra={"routing_key": key})
        self._returned_ids.add(message.properties["message_id"])


class Relay(DependencyProvider):
    """The extension that runs the relay inside a service's process."""

    def setup(self) -> None:
        self.kinds: tuple[type[Aggregate], ...] = self.container.service_cls.aggregates
        self.lease = Lease("relay")
        self._wake = Signal()
        self._changed: set[type[Aggregate]] = set()
        self._waiting: list[outbox.Pending] = []  # found, not sent yet; at most one event of a subject
        self._measure_at = self._asked = self._looked = float("-inf")
        self._stopping = False
        self._connection: amqp.Connection | None = None
        self._publisher: Publisher | None = None
        self._thread: Any = None

    def start(self) -> None:
        wakeup.listen(self._notify)
        self._thread = self.container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        """Send what is ready within one window's time, then hand the lease over."""
        self._stopping = True
        self._notify(self.kinds)
        wakeup.forget(self._notify)
        with eventlet.Timeout(CONFIRM, False):
            self._thread.wait()
        with contextlib.suppress(PyMongoError):
            self.lease.release()
        self._disconnect()

    def kill(self) -> None:
        self._stopping = True

    def _notify(self, kinds: Collection[type[Aggregate]]) -> None:
        self._changed.update(kinds)
        if not self._wake.ready():
            self._wake.send()

    def _rest(self, seconds: float) -> None:
        """Sleep until something is committed or `seconds` have passed."""
        with eventlet.Timeout(seconds, False):
            self._wake.wait()
        self._wake = Signal()

    def _run(self) -> None:
        failures = 0
        while True:
            last = self._stopping
            try:
                sent = self._round()
                failures = 0
            except (*broker.ERRORS, PyMongoError, Unconfirmed) as error:
                self._failed(error, failures)
                sent, failures = 0, failures + 1
            if last:
                return
            if not self._stopping and (failures or not sent):
                self._rest(BACKOFF[min(failures, len(BACKOFF)) - 1] if failures else IDLE)

    def _failed(self, error: BaseException, failures: int) -> None:
        metrics.PUBLISH_FAILURES.labels(type(error).__name__).inc()
        self._waiting = []
        self._disconnect()
        if failures == 0:  # once per outage; the metrics go on counting
            _log.warning("the relay cannot send for now", extra={"reason": type(error).__name__})

    def _round(self) -> int:
        """One window; the number of events sent. Raises one of broker.ERRORS, PyMongoError or Unconfirmed."""
        leading = self.lease.take()
        metrics.RELAY_LEADER.set(leading)
        if not leading:
            self._waiting = []
            if self._changed:
                self._changed.clear()
                self.lease.nudge()
            return 0
        self._measure()
        self._keep_alive()
        waiting, self._waiting = self._waiting[:WINDOW], self._waiting[WINDOW:]
        if not waiting:
            found = self._look()
            waiting, self._waiting = found[:WINDOW], found[WINDOW:]
        if not waiting:
            return 0
        confirmed = self._publish([p.envelope for p in waiting])
        outbox.mark_sent([p for p in waiting if p.envelope["id"] in confirmed])
        metrics.EVENTS_PUBLISHED.inc(len(confirmed))
        if len(confirmed) < len(waiting):
            raise Unconfirmed(f"{len(waiting) - len(confirmed)} of {len(waiting)} events were not confirmed")
        return len(confirmed)

    def _look(self) -> list[outbox.Pending]:
        kinds = self._worth_a_look()
        self._changed -= kinds  # before looking: what is committed meanwhile is looked for again
        found = outbox.pending(kinds, LOOK)
        if found:
            left = {pending.collection for pending in found}
            self._changed |= {kind for kind in kinds if kind._get_collection_name() in left}
            metrics.OUTBOX_PENDING.set(len(found))  # until they are counted
        elif len(kinds) == len(self.kinds):
            self._measured(0, 0.0)  # nothing waits anywhere: no need to count it
        return found

    def _worth_a_look(self) -> set[type[Aggregate]]:
        """The kinds that this process has changed; all where another one says that it has changed some, and now
        and then, since one that was killed could not say it."""
        now = time.monotonic()
        if now - self._asked >= IDLE:
            self._asked = now
            if self.lease.nudged() or now - self._looked >= AROUND:
                self._looked = now
                return set(self.kinds)
        return set(self._changed)

    def _measure(self) -> None:
        began = time.monotonic()
        if began < self._measure_at:
            return
        self._measured(*outbox.backlog(self.kinds))
        self._measure_at = max(self._measure_at, began + (MEASURE_SHARE + 1) * (time.monotonic() - began))

    def _measured(self, count: int, age: float) -> None:
        metrics.OUTBOX_PENDING.set(count)
        metrics.OUTBOX_AGE.set(age)
        self._measure_at = time.monotonic() + MEASURE

    def _publish(self, envelopes: list[dict[str, Any]]) -> set[str]:
        publisher = self._connect()
        with contextlib.ExitStack() as spans:
            sending: dict[str, tracing.Span] = {}
            for one in envelopes:
                sending[one["id"]] = spans.enter_context(
                    tracing.span(
                        f"send {topology.OWN}",
                        SpanKind.PRODUCER,
                        parent=one.get("traceparent", ""),  # "" starts a trace; None means the span before
                        attributes=_attributes(one),
                    )
                )
                one["traceparent"] = tracing.traceparent() or one.get("traceparent", "")
            confirmed = publisher.publish(envelopes)
            for identifier in sending.keys() - confirmed:
                tracing.failed("unconfirmed", sending[identifier])
            return confirmed

    def _connect(self) -> Publisher:
        if self._publisher is None:
            name = f"{runtime.service()} relay @ {runtime.node().area}"
            self._connection = broker.connect(runtime.broker_uri(), name)
            broker.prepare(self._connection)
            self._publisher = Publisher(self._connection)
            metrics.BROKER_CONNECTED.labels("relay").set(1)
        return self._publisher

    def _keep_alive(self) -> None:
        """Send and check heartbeats: an idle publisher would otherwise be cut off, or not notice that it was."""
        if self._connection is not None:
            with contextlib.suppress(TimeoutError):
                self._connection.drain_events(timeout=0.001)
            self._connection.heartbeat_tick()

    def _disconnect(self) -> None:
        metrics.BROKER_CONNECTED.labels("relay").set(0)
        connection, self._connection, self._publisher = self._connection, None, None
        if connection is not None:
            broker.abandon(connection)


def _attributes(one: dict[str, Any]) -> dict[str, tracing.Attribute]:
    """After OpenTelemetry's messaging conventions for RabbitMQ; the span is named by the destination's template,
    as routing keys are too many for names."""
    key = routing_key(one)
    return broker.server(runtime.node().broker) | {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": "send",
        "messaging.operation.name": "send",
        "messaging.destination.name": f"{topology.OWN}:{key}",
        "messaging.destination.template": topology.OWN,
        "messaging.rabbitmq.destination.routing_key": key,
        "messaging.message.id": one["id"],
        "cloudevents.event_id": one["id"],
        "cloudevents.event_type": one["type"],
        "cloudevents.event_subject": one["subject"],
    }
