"""Traces as a collector receives them, and printed as trees: `pytest -s tests/system/test_trace.py` shows one."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2
from oteltap import OtelTapHttpProtobufReceiver, OtelTapHttpProtobufReceiverSettings

from tests.harness import free_base_port

SHOWN = (
    "http.route",
    "http.response.status_code",
    "hatchery.exchange",
    "cloudevents.event_type",
    "hatchery.outcome",
    "error.type",
)


@dataclass(frozen=True)
class Seen:
    """A span, and who sent it."""

    node: str
    service: str
    span: trace_pb2.Span

    @property
    def id(self) -> str:
        return self.span.span_id.hex()

    @property
    def parent(self) -> str:
        return self.span.parent_span_id.hex()

    @property
    def trace(self) -> str:
        return self.span.trace_id.hex()

    @property
    def name(self) -> str:
        return str(self.span.name)

    @property
    def kind(self) -> str:
        return str(trace_pb2.Span.SpanKind.Name(self.span.kind)).removeprefix("SPAN_KIND_").lower()

    @property
    def milliseconds(self) -> float:
        return float(self.span.end_time_unix_nano - self.span.start_time_unix_nano) / 1e6

    @property
    def attributes(self) -> dict[str, Any]:
        return {a.key: getattr(a.value, str(a.value.WhichOneof("value"))) for a in self.span.attributes}


class _Front(ThreadingHTTPServer):
    """Reads of whom the spans are before it hands them on: the receiver behind it shows spans only."""

    daemon_threads = True

    def __init__(self, receiver: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.receiver = receiver
        self.origins: dict[bytes, tuple[str, str]] = {}  # span id: area and service


class _Handler(BaseHTTPRequestHandler):
    server: _Front

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        for sender in ExportTraceServiceRequest.FromString(plain).resource_spans:
            told = {a.key: a.value.string_value for a in sender.resource.attributes}
            origin = (told["hatchery.area"], told["service.name"].removeprefix("hatchery."))
            self.server.origins |= {one.span_id: origin for part in sender.scope_spans for one in part.spans}
        kept = {
            name: self.headers[name] for name in ("Content-Type", "Content-Encoding") if name in self.headers
        }
        answer = requests.post(f"{self.server.receiver}{self.path}", data=body, headers=kept, timeout=5)
        self.send_response(answer.status_code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Collector:
    """An OTLP/HTTP receiver at `url` that gathers all spans it is sent."""

    def __init__(self) -> None:
        self._port = free_base_port()
        self._front = _Front(f"http://127.0.0.1:{self._port}")
        self._spans: list[trace_pb2.Span] = []
        self.url = f"http://127.0.0.1:{self._front.server_port}"

    def __enter__(self) -> Collector:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._threads = [
            threading.Thread(target=self._loop.run_until_complete, args=(self._run(),)),
            threading.Thread(target=self._front.serve_forever, kwargs={"poll_interval": 0.1}),
        ]
        for thread in self._threads:
            thread.start()
        assert self._ready.wait(20), "the receiver did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._front.shutdown()
        self._front.server_close()
        self._loop.call_soon_threadsafe(self._over.set)
        for thread in self._threads:
            thread.join(20)
        self._loop.close()

    @property
    def spans(self) -> list[Seen]:
        """All spans that have arrived."""
        return [Seen(*self._front.origins[one.span_id], one) for one in list(self._spans)]

    def trace(self, identifier: str) -> list[Seen]:
        """The spans of a trace that have arrived, by their start."""
        found = [one for one in self.spans if one.trace == identifier]
        return sorted(found, key=lambda one: one.span.start_time_unix_nano)

    async def _run(self) -> None:
        self._over = asyncio.Event()
        settings = OtelTapHttpProtobufReceiverSettings(http_port=self._port)
        async with OtelTapHttpProtobufReceiver(settings) as tap:
            gathering = asyncio.create_task(self._gather(tap))
            self._ready.set()
            await self._over.wait()
            gathering.cancel()

    async def _gather(self, tap: OtelTapHttpProtobufReceiver) -> None:
        async for one in tap.stream_traces():
            self._spans.append(one)


def tree(spans: Sequence[Seen]) -> str:
    """The spans of one trace, each under its parent, with the milliseconds from the trace's start."""
    known = {one.id for one in spans}
    roots = [one for one in spans if one.parent not in known]
    start = min(one.span.start_time_unix_nano for one in spans)
    return "\n".join(line for root in roots for line in _lines(root, spans, start, "", ""))


def _lines(one: Seen, spans: Sequence[Seen], start: int, first: str, rest: str) -> Iterator[str]:
    at = (one.span.start_time_unix_nano - start) / 1e6
    told = [f"{key.rsplit('.', 1)[-1]}={one.attributes[key]}" for key in SHOWN if key in one.attributes]
    where = f"[{one.kind}, {one.service} @ {one.node}, +{at:.0f} ms, {one.milliseconds:.1f} ms]"
    yield f"{first}{one.name}  {where}  {' '.join(told)}".rstrip()
    children = [child for child in spans if child.parent == one.id]
    for child in children:
        last = child is children[-1]
        branch, stem = ("└─ ", "   ") if last else ("├─ ", "│  ")
        yield from _lines(child, spans, start, rest + branch, rest + stem)
