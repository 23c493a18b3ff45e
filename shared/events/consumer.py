"""The consumer: one connection per service that takes every event from its queue to the table of handlers.

A message is acknowledged only after its effect is in the store, or after it was handed, confirmed, to the
delay, dead-letter or parked queue. What goes wrong decides where it goes:

| what | where |
|---|---|
| undecodable, invalid, forged, refused by a rule | dead letters, with the reason |
| of a type or schema version that this service does not know | parked, until a newer version replays it |
| the store is away | stays here, unacknowledged, until the store is back: no attempt is counted |
| anything else (a fault of ours, something not known here yet) | back after a delay, then dead letters |
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
import traceback
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

import amqp
import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint
from opentelemetry.trace import SpanKind

from shared import clock, runtime
from shared.errors import Problem
from shared.events import batch, broker, topology
from shared.events.batch import InHand
from shared.events.envelope import BadEvent, Event, check_origin, decode
from shared.events.handlers import Handler, Handlers
from shared.events.repeats import Repeats
from shared.store import connection as store
from shared.store.aggregate import VersionConflict
from shared.telemetry import logs, metrics, tracing

_log = logging.getLogger(__name__)

BATCH = 100  # messages in hand together; at a stop they are brought to their end, which must not take long
PREFETCH = (
    2 * BATCH
)  # the next batch comes while one is in hand; goes back to the queue when the process ends
# Delays of the attempts after the first; after the last the message is a dead letter. Together some 25
# minutes: longer than a deployment, shorter than an operator's patience.
ATTEMPTS = (
    "retry.1s",
    "retry.1s",
    "retry.10s",
    "retry.10s",
    "retry.1m",
    "retry.1m",
    "retry.10m",
    "retry.10m",
)
RECONNECT = (0.2, 0.5, 1.0, 2.0, 5.0)  # seconds
STORE_RETRY = 1.0  # seconds
POLL = 1.0  # seconds between looks at heartbeats and at whether to stop
MORE = 0.001  # seconds to wait for what has come already
DETAIL = 2000  # characters of a reason kept with a dead letter
# What this node's own processes note beside a message. Nothing else that its sender set goes on with it: the broker
# refuses a copy in another user's name, and would let it expire, or route it to more queues.
NOTES = ("x-origin-exchange", "x-origin-key", "x-first-failed", "x-attempts", "x-detail")


class Consumer(Entrypoint):
    """Nameko entrypoint: the decorated method gets each well-formed event with its handlers."""

    def setup(self) -> None:
        self.handlers: Handlers = self.container.service_cls.handlers
        self.queue = topology.service_queue(runtime.service())
        self._repeats = Repeats()
        self._stopping = False
        self._heard = 0.0  # when the socket was last read
        self._connection: amqp.Connection | None = None
        self._channel: Any = None
        self._handing: Any = None  # the channel of what is handed on, opened with the first
        self._answers: list[str] = []  # to the message that is being handed on
        self._thread: Any = None

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier="consumer")

    def stop(self) -> None:
        """Take no more, finish and acknowledge what is in hand, then close: nothing finished comes again."""
        self._stopping = True
        self._thread.wait()

    def kill(self) -> None:
        self._stopping = True

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                self._connect()
                failures = 0
                self._consume()
            except broker.ERRORS as error:
                if failures == 0:
                    _log.warning("the consumer lost the broker", extra={"reason": type(error).__name__})
                self._pause(RECONNECT[min(failures, len(RECONNECT) - 1)])
                failures += 1
            finally:
                metrics.BROKER_CONNECTED.labels("consumer").set(0)
                self._close()

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < end:
            eventlet.sleep(0.1)

    def _connect(self) -> None:
        name = f"{runtime.service()} consumer @ {runtime.node().area}"
        self._connection = broker.connect(runtime.broker_uri(), name)
        broker.prepare(self._connection)
        self._channel = self._connection.channel()
        self._channel.auto_decode = False  # by a content encoding of the sender's choice
        self._channel.basic_qos(0, PREFETCH, False)
        metrics.BROKER_CONNECTED.labels("consumer").set(1)

    def _consume(self) -> None:
        assert self._connection is not None
        waiting: list[amqp.Message] = []
        tag = self._channel.basic_consume(self.queue, callback=waiting.append)
        while not self._stopping:
            self._gather(waiting)
            self._bring_through([waiting.pop(0) for _ in waiting[:BATCH]])
            eventlet.sleep(0)  # for requests: a row of copies that are passed over leaves no other pause
        # What was prefetched and not begun goes back to the queue when the connection closes.
        self._channel.basic_cancel(tag)

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        self._channel = self._handing = None
        if connection is not None:
            with contextlib.suppress(Exception), eventlet.Timeout(3.0, False):
                connection.close()

    def _gather(self, waiting: list[amqp.Message]) -> None:
        """Wait for a message, and take with it what has come behind it. Raises one of broker.ERRORS."""
        assert self._connection is not None
        with contextlib.suppress(TimeoutError, socket.timeout):
            while len(waiting) < BATCH:
                self._connection.drain_events(timeout=MORE if waiting else POLL)
        self._heard = time.monotonic()
        self._connection.heartbeat_tick()

    def _keep_alive(self) -> None:
        """Heartbeats, both ways: a batch of slow effects takes longer than the broker and we wait for each
        other, and the broker's heartbeats must be read. Raises one of broker.ERRORS."""
        if self._connection is None:
            return
        if time.monotonic() - self._heard > broker.HEARTBEAT / 3:
            self._heard = time.monotonic()
            with contextlib.suppress(TimeoutError, socket.timeout):
                for _ in range(PREFETCH):  # messages that come with them wait for their turn
                    self._connection.drain_events(timeout=MORE)
        self._connection.heartbeat_tick()

    def _bring_through(self, messages: list[amqp.Message]) -> None:
        """Bring messages to their end: read models at once, then effects one by one, in their order.

        Whatever a message does to us, a fault of ours included, the service goes on with the next one. Raises
        one of broker.ERRORS when the broker goes away meanwhile: messages then come again, and are recognised
        if their effect is in the store already.
        """
        fresh = [message for message in messages if not self._passed_over(message)]
        read = [one for message in fresh if (one := self._read(message))]
        self._keep(read)
        done: amqp.Message | None = None
        try:
            for one in read:
                if self._guarded(one.message, partial(self._finish, one)):
                    done = one.message
                    self._repeats.finished(done)
        finally:
            if done is not None:  # what was forwarded before it is acknowledged already
                done.channel.basic_ack(done.delivery_tag, multiple=True)

    def _passed_over(self, message: amqp.Message) -> bool:
        """Whether it came so often that nothing can be left to do; it is acknowledged then. What was handed on here
        comes again on purpose. Raises one of broker.ERRORS."""
        if handed_on(message) or not self._repeats.often(message):
            return False
        metrics.EVENTS_HANDLED.labels("*", "repeated").inc()
        message.channel.basic_ack(message.delivery_tag)
        return True

    def _guarded(self, message: amqp.Message, work: Callable[[], bool]) -> bool:
        try:
            return work()
        except broker.ERRORS:
            raise
        except Exception as fault:
            self._retry(message, fault)
            return False

    def _read(self, message: amqp.Message) -> InHand | None:
        """The message's event with its handlers; None for what became a dead letter."""
        read: list[InHand] = []

        def work() -> bool:
            try:
                body = message.body
                event = decode(
                    bytes(body, "utf-8") if isinstance(body, str) else body,
                    message.properties.get("content_type"),
                )
                exchange, key = _origin(message, message.headers or {})
                check_origin(event, runtime.node().area, exchange, key)
            except BadEvent as bad:
                self._dead(message, bad.reason, bad.detail)
                return False
            read.append(InHand(message, event, exchange, key, self.handlers.of(event)))
            return True

        self._guarded(message, work)
        return read[0] if read else None

    def _keep(self, read: list[InHand]) -> None:
        """Keep what they tell the read models. Where that fails the handlers run one by one, and the faulty
        message shows itself."""
        told = list(batch.groups(read).values())
        if not told:
            return

        def begin(done: Signal) -> None:
            self.container.spawn_managed_thread(partial(_report, done, partial(batch.keep, told)))

        failure = self._attend(begin)
        if failure is not None:
            about = {"reason": type(failure).__name__, "messages": len(read)}
            _log.warning("read models are kept one by one", extra=about)

    def _finish(self, one: InHand) -> bool:
        """Run what is left of a message's handlers; whether it is done, as opposed to handed on."""
        with (
            logs.handling(one.event.id),
            tracing.span(
                f"process {self.queue}",
                SpanKind.CONSUMER,
                parent=one.event.traceparent or "",
                attributes=_attributes(one.event, self.queue, one.exchange, one.key, one.message),
            ),
        ):
            return self._dispatch(one)

    def _dispatch(self, one: InHand) -> bool:
        message, event = one.message, one.event
        if not one.handlers and not one.kept:
            if event.directed:
                return True  # all nouns that this node asked for come to all its services
            self._park(message, "unknown-type", f"no handler for {event.type}")
        elif one.too_new:
            self._park(message, "newer-schema", f"{event.dataschema} is newer than this version reads")
        else:
            failure = self._work(one)
            if failure is None:
                return True
            if isinstance(failure, BadEvent) and not failure.passing:
                self._dead(message, failure.reason, failure.detail)
            elif isinstance(failure, Problem) and "retry_after" not in failure.extra:
                self._dead(message, "refused", str(failure))
            else:
                self._retry(message, failure)
        return False

    def _work(self, one: InHand) -> Exception | None:
        """Run the handlers that are left as one Nameko worker; the failure, if any."""
        try:
            one.tell()
        except BadEvent as bad:
            return bad
        if not one.handlers:
            return None

        def begin(done: Signal) -> None:
            worker = self.container.spawn_worker(
                self, (one.event, one.handlers), {}, handle_result=partial(_told, done)
            )
            # The worker's thread has not run yet: let it stand in this message's trace.
            self.container._worker_threads[worker].gr_context = copy_context()

        return self._attend(begin)

    def _attend(self, begin: Callable[[Signal], None]) -> Exception | None:
        """Let work go on beside this thread, which keeps the connection alive; the work's failure, if any.
        Waits out an absent store."""
        while True:
            done = Signal()
            begin(done)
            while not done.ready():
                with eventlet.Timeout(broker.HEARTBEAT / 3, False):
                    done.wait()
                self._keep_alive()
            failure: Exception | None = done.wait()
            if failure is None or not store.unavailable(failure):
                return failure
            _log.warning("events wait for the store", extra={"reason": type(failure).__name__})
            if self._stopping:
                raise ConnectionError("stopping while the store is away: the messages go back to the queue")
            self._pause(STORE_RETRY)

    def _retry(self, message: amqp.Message, failure: Exception) -> None:
        attempts = attempts_of(message)
        told = f"{type(failure).__name__}: {failure}"
        if attempts >= len(ATTEMPTS):
            if isinstance(failure, BadEvent):
                self._dead(message, failure.reason, failure.detail)
                return
            last = traceback.format_exception(failure)[-3:]
            self._dead(message, "failed", f"{told}\n{''.join(last)}")
            return
        metrics.EVENTS_HANDLED.labels("*", "retried").inc()
        tracing.failed(type(failure).__name__)
        _log.warning("an event is tried again later", extra={"reason": told[:300], "attempt": attempts + 1})
        self._forward(
            message, ATTEMPTS[attempts], self.queue, {"x-attempts": attempts + 1, "x-detail": told[:DETAIL]}
        )

    def _dead(self, message: amqp.Message, reason: str, detail: str) -> None:
        metrics.EVENTS_HANDLED.labels("*", "dead").inc()
        tracing.failed(reason)
        _log.error("an event became a dead letter", extra={"reason": reason})
        self._forward(message, "", topology.dead_queue(runtime.service()), _because(reason, detail))

    def _park(self, message: amqp.Message, reason: str, detail: str) -> None:
        metrics.EVENTS_HANDLED.labels("*", "parked").inc()
        tracing.failed(reason)
        self._forward(message, "", topology.parked_queue(runtime.service()), _because(reason, detail))

    def _forward(self, message: amqp.Message, exchange: str, key: str, more: dict[str, Any]) -> None:
        """Hand the message on, confirmed, and only then acknowledge it: killed in between, it exists twice."""
        told = (message.headers or {}) if handed_on(message) else {}
        headers = {name: told[name] for name in NOTES if name in told}
        headers["x-origin-exchange"], headers["x-origin-key"] = _origin(message, told)
        headers.setdefault("x-first-failed", clock.text(clock.wall()))
        properties = {"content_type": message.properties.get("content_type"), "delivery_mode": 2}
        copy = amqp.Message(message.body, application_headers=headers | more, **properties)
        self._publish(copy, exchange, key)
        message.channel.basic_ack(message.delivery_tag)

    def _publish(self, copy: amqp.Message, exchange: str, key: str) -> None:
        """Raises one of broker.ERRORS, upon which the connection is closed: what comes late is nobody's answer."""
        assert self._connection is not None
        if self._handing is None:
            self._handing = self._handing_channel(self._connection)
        self._answers.clear()
        self._handing.basic_publish(copy, exchange=exchange, routing_key=key, mandatory=True)
        end = time.monotonic() + broker.READ_WRITE
        while not self._answers and time.monotonic() < end:
            with contextlib.suppress(TimeoutError, socket.timeout):
                self._connection.drain_events(timeout=POLL)
        if self._answers[:1] != ["ack"]:
            raise ConnectionError(f"{exchange or key} did not take a message: {self._answers or 'no answer'}")

    def _handing_channel(self, connection: amqp.Connection) -> Any:
        """A channel with confirms, for what is handed on, as long as the connection lasts."""
        channel = connection.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(lambda *_: self._answers.append("ack"))
        channel.events["basic_nack"].add(lambda *_: self._answers.append("nack"))
        channel.events["basic_return"].add(lambda *_: self._answers.append("returned"))
        return channel


consume = Consumer.decorator


def dispatch(event: Event, handlers: list[Handler]) -> None:
    """Run an event's handlers in order and count what came of it."""
    for handler in handlers:
        started = time.perf_counter()
        data = handler.parse(event)
        about = {"hatchery.handler.kind": handler.kind}
        with tracing.span(handler.name, attributes=about) as span, clock.at(event.time):
            try:
                outcome: str = handler.run(event, data)
            except VersionConflict as conflict:
                raise RuntimeError("the record keeps changing") from conflict
            span.set_attribute("hatchery.outcome", outcome)
        metrics.EVENTS_HANDLED.labels(handler.name, outcome).inc()
        metrics.HANDLER_SECONDS.labels(handler.name).observe(time.perf_counter() - started)


def handed_on(message: amqp.Message) -> bool:
    """Whether one of this node's own processes put the message into the queue, after an earlier try.

    Nobody else may publish to the default exchange (""): only then are our own headers believed.
    """
    exchange = message.delivery_info["exchange"]
    return exchange == "" or exchange in topology.RETRIES


def attempts_of(message: amqp.Message) -> int:
    """How often the message was tried before. Headers from outside of the node count for nothing."""
    told = (message.headers or {}).get("x-attempts") if handed_on(message) else None
    return max(told, 0) if isinstance(told, int) else 0


def _origin(message: amqp.Message, headers: dict[str, Any]) -> tuple[str, str]:
    """The exchange and routing key that the message first came with."""
    info = message.delivery_info
    if handed_on(message):
        return str(headers.get("x-origin-exchange", "")), str(headers.get("x-origin-key", ""))
    return info["exchange"], info["routing_key"]


def _told(done: Signal, _: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
    done.send(exc_info[1] if exc_info else None)
    return result, exc_info


def _report(done: Signal, work: Callable[[], None]) -> None:
    try:
        work()
    except Exception as failure:
        done.send(failure)
    else:
        done.send(None)


def _because(reason: str, detail: str) -> dict[str, Any]:
    return {"x-reason": reason, "x-detail": detail[:DETAIL]}


def _attributes(
    event: Event, queue: str, exchange: str, key: str, message: amqp.Message
) -> dict[str, tracing.Attribute]:
    """After OpenTelemetry's messaging conventions for RabbitMQ, of the message as it first came: one that comes
    back from a delay says so by its attempts."""
    return broker.server(runtime.node().broker) | {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": f"{exchange}:{key}:{queue}",
        "messaging.destination.template": queue,
        "messaging.rabbitmq.destination.routing_key": key,
        "messaging.rabbitmq.message.delivery_tag": message.delivery_tag,
        "messaging.message.id": event.id,
        "cloudevents.event_id": event.id,
        "cloudevents.event_type": event.type,
        "cloudevents.event_subject": event.subject,
        "hatchery.exchange": exchange,  # which link it came over
        "hatchery.from_node": event.node,
        "hatchery.attempts": attempts_of(message),
    }
