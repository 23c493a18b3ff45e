"""Traces: spans of one process, linked across processes by W3C trace context, exported by OTLP over HTTP.

Nothing here may hurt the work that it observes: export runs beside it, gives up after a second, and a
collector that is away costs traces and nothing else. No span carries credentials, an exception's message
(it may name a person) or personal data.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared import areas
from shared.errors import Problem
from shared.telemetry import masking, metrics
from shared.telemetry.masking import safe_uri

__all__ = [
    "Attribute",
    "Span",
    "SpanKind",
    "configure",
    "failed",
    "ids",
    "safe_uri",
    "shutdown",
    "span",
    "traceparent",
]

Attribute = str | int | float | bool

EXPORT_TIMEOUT = 1.0  # seconds for one attempt; the exporter's own default of 10 would hold up the exit
EXPORT_DELAY = 500  # milliseconds that spans are gathered
SHUTDOWN_TIMEOUT = 1.5  # seconds; what is not exported by then is lost

_logger = logging.getLogger(__name__)
_propagator = TraceContextTextMapPropagator()
_provider: TracerProvider | None = None


def configure(service: str, area: str, otlp: str | None) -> None:
    """Set this process's tracing up. Call it after a fork: threads don't survive one.

    `otlp` is the collector's base address (`http://collector:4318`); without one spans have ids and go
    nowhere.
    """
    global _provider
    shutdown()
    resource: dict[str, Attribute] = {
        "service.name": f"hatchery.{service}",
        "service.namespace": "hatchery",
        "hatchery.area": area,
        "process.pid": os.getpid(),
    }
    if areas.is_area(area):
        resource["hatchery.tier"] = areas.tier(area)
    _provider = TracerProvider(resource=Resource.create({**resource}), shutdown_on_exit=False)
    if otlp:
        exporter = _Exporter(f"{otlp.rstrip('/')}/v1/traces")
        _provider.add_span_processor(
            BatchSpanProcessor(exporter, schedule_delay_millis=EXPORT_DELAY, max_export_batch_size=256)
        )
        atexit.unregister(shutdown)
        atexit.register(shutdown)


def shutdown() -> None:
    """Export what waits and stop, within 2 seconds whatever the collector does. Spans stay possible."""
    global _provider
    provider, _provider = _provider, None
    if provider is None:
        return
    # The SDK would wait up to 30 s. Its thread is a daemon, and so is this one: neither holds up the exit.
    closing = threading.Thread(target=provider.shutdown, name="close-tracing", daemon=True)
    closing.start()
    closing.join(SHUTDOWN_TIMEOUT)


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    *,
    parent: str | None = None,
    attributes: Mapping[str, Attribute] | None = None,
    links: Iterable[str] = (),
) -> Iterator[Span]:
    """A span around the block, current within it.

    `parent` is a W3C traceparent (None: the current span); an invalid one starts a new trace. `links` are
    traceparents too. An exception that leaves the block is recorded by its type, a Problem by its code, and
    never by its message.
    """
    tracer = _tracer()
    with tracer.start_as_current_span(
        name,
        context=_context(parent) if parent is not None else None,
        kind=kind,
        attributes=attributes,
        links=[Link(context) for context in map(_span_context, links) if context.is_valid],
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except BaseException as error:
            _record(current, error)
            raise


def failed(reason: str, one: Span | None = None) -> None:
    """Mark a span (the current one) as failed though no exception leaves it; `reason` is a stable word."""
    one = one or trace.get_current_span()
    one.set_attribute("error.type", reason)
    one.set_status(Status(StatusCode.ERROR, reason))


def traceparent() -> str | None:
    """The current span as a W3C traceparent, to be sent along; None outside of any span."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def ids() -> tuple[str, str] | None:
    """Trace id and span id of the current span in hex; None outside of any span."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return trace.format_trace_id(context.trace_id), trace.format_span_id(context.span_id)


def _tracer() -> trace.Tracer:
    global _provider
    if _provider is None:
        _provider = TracerProvider(shutdown_on_exit=False)
    return _tracer_of(_provider)


@lru_cache(maxsize=1)
def _tracer_of(provider: TracerProvider) -> trace.Tracer:
    """Made once: to make one costs as much as a span."""
    return provider.get_tracer("hatchery")


def _context(parent: str) -> Context:
    return _propagator.extract({"traceparent": parent}, Context())


def _span_context(parent: str) -> trace.SpanContext:
    return trace.get_current_span(_context(parent)).get_span_context()


def _record(current: Span, error: BaseException) -> None:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    described = error.code if isinstance(error, Problem) else name
    current.add_event("exception", {"exception.type": name})
    failed(described, current)


class _Exporter(SpanExporter):
    """OTLP over HTTP that lets no credentials or personal data out, counts what is lost, and says so once."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = safe_uri(endpoint)
        self._inner = OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_TIMEOUT)
        self._reachable = True
        # It would write a line for every batch that fails, for days.
        logging.getLogger("opentelemetry.exporter").setLevel(logging.CRITICAL)

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export([_clean(one) for one in spans])
        reachable = result is SpanExportResult.SUCCESS
        if not reachable:
            metrics.SPANS_LOST.inc(len(spans))
        if reachable != self._reachable:
            self._reachable = reachable
            told = "takes spans again" if reachable else "does not answer: traces are lost until it does"
            _logger.warning("the trace collector at %s %s", self._endpoint, told)
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()  # type: ignore[no-untyped-call]


def _clean(one: ReadableSpan) -> ReadableSpan:
    """The span as it may leave this machine."""
    status = one.status
    return ReadableSpan(
        name=masking.text(one.name),
        context=one.context,
        parent=one.parent,
        resource=one.resource,
        attributes=_clean_attributes(one.attributes),
        events=[Event(e.name, _clean_attributes(e.attributes), e.timestamp) for e in one.events],
        links=one.links,
        kind=one.kind,
        status=Status(status.status_code, masking.text(status.description)) if status.description else status,
        start_time=one.start_time,
        end_time=one.end_time,
        instrumentation_scope=one.instrumentation_scope,
    )


def _clean_attributes(attributes: Mapping[str, Any] | None) -> dict[str, Any]:
    """An attribute with credentials is left out altogether: whoever set it has to learn to use `safe_uri`."""
    clean: dict[str, Any] = {}
    for key, value in (attributes or {}).items():
        if isinstance(value, str):
            if not masking.has_credentials(value):
                clean[key] = masking.text(value)
        elif not masking.has_credentials(str(value)):
            clean[key] = masking.data(value)
    return clean
