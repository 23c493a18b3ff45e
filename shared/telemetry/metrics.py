"""Figures of one process for operators, in Prometheus's text format.

One process is one service, so the scraper's own labels say which. Each help text says the unit and when to
worry. Gauges that are costly to keep are read when somebody asks: see `follow`.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

REGISTRY = CollectorRegistry()
OUTCOMES = ("applied", "duplicate", "stale", "elsewhere", "retried", "dead", "parked")

_logger = logging.getLogger(__name__)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

disable_created_metrics()  # type: ignore[no-untyped-call]  # one more series for each counter that nobody reads
ProcessCollector(registry=REGISTRY)

EVENTS_PUBLISHED = Counter(
    "hatchery_events_published",
    "Events that the broker confirmed. Worry when it stands still while hatchery_outbox_pending grows.",
    registry=REGISTRY,
)
EVENTS_HANDLED = Counter(
    "hatchery_events_handled",
    "Events taken from the queue, by handler and outcome: applied, duplicate (seen before), stale (no newer "
    "than the read model), repeated (came again and again, passed over), elsewhere (another node's to act on), "
    "retried, dead, parked. Worry about any dead; "
    "about parked until the node is upgraded; about retried when it keeps growing.",
    ["handler", "outcome"],
    registry=REGISTRY,
)
HANDLER_SECONDS = Histogram(
    "hatchery_handler_seconds",
    "Seconds that handling one event took. Worry above 5: the broker's heartbeats suffer at 10.",
    ["handler"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
PUBLISH_FAILURES = Counter(
    "hatchery_publish_failures",
    "Publishing attempts that the broker did not confirm, by reason; all are tried again. Worry about any "
    "returned (topology is broken), about others when they go on for minutes.",
    ["reason"],
    registry=REGISTRY,
)
OUTBOX_AGE = Gauge(
    "hatchery_outbox_age_seconds",
    "Seconds since the oldest event that waits for the broker was written, 0 if none. Worry above 60.",
    registry=REGISTRY,
)
OUTBOX_PENDING = Gauge(
    "hatchery_outbox_pending",
    "Events that wait to be sent to the broker. Worry when it grows for minutes.",
    registry=REGISTRY,
)
AUDIT_SEALED = Counter(
    "hatchery_audit_sealed",
    "Entries that were moved into the audit chain. Worry when it stands still while commands are answered.",
    registry=REGISTRY,
)
SEAL_FAILURES = Counter(
    "hatchery_seal_failures",
    "Attempts to seal entries of the audit that failed, by reason; all are made again. Worry when they go on for "
    "minutes.",
    ["reason"],
    registry=REGISTRY,
)
HTTP_REQUESTS = Counter(
    "hatchery_http_requests",
    "HTTP requests answered, by method, route template and status. Worry about 5xx; many 401 or 403 may be "
    "an attack or an expired key.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "hatchery_http_seconds",
    "Seconds from a request's arrival to its answer. Worry when the 95th percentile exceeds 1.",
    ["method", "route"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
LINK_DEPTH = Gauge(
    "hatchery_link_depth",
    "Events that wait to cross a link between nodes, by the link's queue; told by the gateway, as the "
    "following ones. Worry when it grows for longer than the other side is known to be away.",
    ["link"],
    registry=REGISTRY,
)
LINK_BYTES = Gauge(
    "hatchery_link_bytes",
    "Bytes of the bodies that wait to cross a link, by the link's queue; not a number where the broker's "
    "management API cannot be asked. Worry at a tenth of hatchery_link_bytes_limit.",
    ["link"],
    registry=REGISTRY,
)
LINK_BYTES_LIMIT = Gauge(
    "hatchery_link_bytes_limit",
    "Bytes at which a link's queue takes no more; events then stay in the outboxes. Worry when hatchery_link_bytes "
    "comes near.",
    ["link"],
    registry=REGISTRY,
)
LINK_SECONDS_LEFT = Gauge(
    "hatchery_link_seconds_until_full",
    "Seconds until a link's queue is full, if it goes on growing as in the last minutes; infinite where it "
    "does not grow. Worry below 259200 (three days).",
    ["link"],
    registry=REGISTRY,
)
LINK_CONNECTED = Gauge(
    "hatchery_link_connected",
    "1 when somebody takes from a link's queue: the shovel up at the child, the child itself at its parent; "
    "else 0. Worry when 0 for ten minutes and nobody has announced it.",
    ["link"],
    registry=REGISTRY,
)
BROKER_ALARM = Gauge(
    "hatchery_broker_alarm",
    "1 while the broker takes no events because it is short of a resource (memory, disk), else 0. Worry at "
    "once: events stay in the outboxes, links stand still.",
    ["resource"],
    registry=REGISTRY,
)
DEAD_LETTERS = Gauge(
    "hatchery_dead_letters",
    "Messages that a service could not handle and that wait for an operator, by service. Worry above 0.",
    ["service"],
    registry=REGISTRY,
)
PARKED = Gauge(
    "hatchery_parked",
    "Messages that only a newer version of a service understands, by service. Worry until it is upgraded; "
    "then replay them.",
    ["service"],
    registry=REGISTRY,
)
REFUSED = Gauge(
    "hatchery_refused",
    "Messages of children that their ingress refused, by node. Worry above 0: forgery, or a broken child.",
    ["node"],
    registry=REGISTRY,
)
RELAY_LEADER = Gauge(
    "hatchery_relay_leader",
    "1 when this process relays its service's outbox, else 0. Worry unless the sum over the processes of one "
    "service is 1 (0 for some seconds after a crash).",
    registry=REGISTRY,
)
BROKER_CONNECTED = Gauge(
    "hatchery_broker_connected",
    "1 when connected to the broker, else 0, by role (consumer, relay). Worry when 0 for a minute.",
    ["role"],
    registry=REGISTRY,
)
CERTIFICATE_SECONDS = Gauge(
    "hatchery_certificate_seconds",
    "Seconds until the certificate that the gateway shows, or the CA that it trusts, expires, by file. Worry "
    "below 2,592,000 (30 days): renew it.",
    ["file"],
    registry=REGISTRY,
)
SPANS_LOST = Counter(
    "hatchery_spans_lost",
    "Spans that the trace collector did not take. Nothing but traces suffers; look whether it runs.",
    registry=REGISTRY,
)


def follow(gauge: Gauge, read: Callable[[], float]) -> None:
    """Let `gauge` (with its labels, if it has any) be read by `read` at each scrape.

    When `read` fails the gauge is NaN for that scrape: figures must not vanish just when the store does.
    """

    def value() -> float:
        try:
            return float(read())
        except Exception as error:
            _logger.warning("a figure could not be read: %s", type(error).__name__)
            return math.nan

    gauge.set_function(value)


def exposition() -> tuple[bytes, str]:
    """The body of `/metrics` and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_PLAIN_0_0_4
