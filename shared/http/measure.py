"""What operators see of requests: a server span each, counts and durations, one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Histogram
from werkzeug.wrappers import Request, Response

_log = logging.getLogger(__name__)
_tracer = trace.get_tracer("hatchery.http")
_context = TraceContextTextMapPropagator()

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter("hatchery_http_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("hatchery_http_request_seconds", "Time to an answer.", ["method", "route"])


class Measured:
    """One request while it is answered. Paths without their query, so that no search shows up in traces."""

    def __init__(self, request: Request, span: trace.Span) -> None:
        self.method = request.method if request.method in METHODS else "_OTHER"
        self.route = ""
        self.status = 500
        self.span = span

    def found(self, template: str) -> None:
        self.route = template
        self.span.update_name(f"{self.method} {template}")
        self.span.set_attribute("http.route", template)

    def answered(self, response: Response) -> None:
        self.status = response.status_code
        self.span.set_attribute("http.response.status_code", self.status)
        if self.status >= 500:
            self.span.set_status(StatusCode.ERROR)
            self.span.set_attribute("error.type", str(self.status))
        carrier: dict[str, str] = {}
        _context.inject(carrier)
        for name, value in carrier.items():
            response.headers.setdefault(name, value)


@contextmanager
def request(request: Request) -> Iterator[Measured]:
    """Measure a request; `found` and `answered` tell its route and its answer."""
    started = time.perf_counter()
    method = request.method if request.method in METHODS else "_OTHER"
    attributes = {"http.request.method": method, "url.path": request.path, "url.scheme": request.scheme}
    parent = _context.extract({"traceparent": request.headers.get("traceparent", "")})
    with _tracer.start_as_current_span(
        method, context=parent, kind=SpanKind.SERVER, attributes=attributes, record_exception=False
    ) as span:
        measured = Measured(request, span)
        try:
            yield measured
        finally:
            seconds = time.perf_counter() - started
            REQUESTS.labels(measured.method, measured.route, str(measured.status)).inc()
            SECONDS.labels(measured.method, measured.route).observe(seconds)
            _log.info(
                "answered",
                extra={
                    "method": measured.method,
                    "route": measured.route,
                    "status": measured.status,
                    "seconds": round(seconds, 4),
                },
            )
