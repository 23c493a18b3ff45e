"""What operators see of requests: a server span each, counts and durations, one log line."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.trace import SpanKind, StatusCode
from werkzeug.wrappers import Request, Response

from shared.telemetry import metrics, tracing

_log = logging.getLogger(__name__)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked every few seconds by machines: counted, but neither traced nor logged.
PROBES = frozenset({"/livez", "/readyz", "/metrics"})


class Measured:
    """One request while it is answered."""

    def __init__(self, method: str, span: tracing.Span | None) -> None:
        self.method = method
        self.route = ""
        self.status = 500
        self.span = span

    def found(self, template: str) -> None:
        self.route = template
        if self.span:
            self.span.update_name(f"{self.method} {template}")
            self.span.set_attribute("http.route", template)

    def answered(self, response: Response) -> None:
        self.status = response.status_code
        if self.span is None:
            return
        self.span.set_attribute("http.response.status_code", self.status)
        if self.status >= 500:
            self.span.set_status(StatusCode.ERROR)
            self.span.set_attribute("error.type", str(self.status))
        if parent := tracing.traceparent():
            response.headers.setdefault("traceparent", parent)


@contextmanager
def measured(request: Request) -> Iterator[Measured]:
    """Measure a request within the block, which tells its route and its answer.

    Only the path is kept, never the query: what people search for is no operator's business.
    """
    started = time.perf_counter()
    method = request.method if request.method in METHODS else "_OTHER"
    probe = request.path in PROBES
    one = Measured(method, None)
    try:
        if probe:
            yield one
        else:
            attributes = {
                "http.request.method": method,
                "url.path": request.path,
                "url.scheme": request.scheme,
            }
            parent = request.headers.get("traceparent", "")
            with tracing.span(method, SpanKind.SERVER, parent=parent, attributes=attributes) as span:
                one.span = span
                yield one
                _tell(one, time.perf_counter() - started)
    finally:
        metrics.HTTP_REQUESTS.labels(one.method, one.route, str(one.status)).inc()
        metrics.HTTP_SECONDS.labels(one.method, one.route).observe(time.perf_counter() - started)


def _tell(one: Measured, seconds: float) -> None:
    about = {"method": one.method, "route": one.route, "status": one.status, "seconds": round(seconds, 4)}
    _log.info("answered", extra=about)
