"""Traces as a collector receives them, and printed as trees: `pytest -s tests/system/test_trace.py` shows one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.trace.v1 import trace_pb2
from oteltap import OtelTapHttpProtobufReceiver, OtelTapHttpProtobufReceiverSettings

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
    """A span, and the node that sent it."""

    node: str
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


@dataclass
class Collector:
    """An OTLP/HTTP receiver for each of some nodes: the receiver shows spans without the resource that says
    whose they are."""

    ports: dict[str, int]
    spans: list[Seen] = field(default_factory=list)

    def __enter__(self) -> Collector:
        self._loop = asyncio.new_event_loop()
        # Each receiver blocks three threads, and gets a span a turn: with too few threads it falls behind.
        self._loop.set_default_executor(ThreadPoolExecutor(4 * len(self.ports) + 4))
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))
        self._thread.start()
        assert self._ready.wait(20), "the receivers did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(20)
        self._loop.close()

    def trace(self, identifier: str) -> list[Seen]:
        """The spans of a trace that have arrived, by their start."""
        found = [one for one in self.spans if one.trace == identifier]
        return sorted(found, key=lambda one: one.span.start_time_unix_nano)

    async def _run(self) -> None:
        self._over = asyncio.Event()
        taps = {
            node: OtelTapHttpProtobufReceiver(OtelTapHttpProtobufReceiverSettings(http_port=port))
            for node, port in self.ports.items()
        }
        for tap in taps.values():
            await tap.start()
        gathering = [asyncio.create_task(self._gather(node, tap)) for node, tap in taps.items()]
        self._ready.set()
        await self._over.wait()
        for task in gathering:
            task.cancel()
        await asyncio.gather(*gathering, return_exceptions=True)
        for tap in taps.values():
            await tap.stop()

    async def _gather(self, node: str, tap: OtelTapHttpProtobufReceiver) -> None:
        async for one in tap.stream_traces():
            self.spans.append(Seen(node, one))


def tree(spans: Sequence[Seen]) -> str:
    """The spans of one trace, each under its parent, with the milliseconds from the trace's start."""
    known = {one.id for one in spans}
    roots = [one for one in spans if one.parent not in known]
    start = min(one.span.start_time_unix_nano for one in spans)
    return "\n".join(line for root in roots for line in _lines(root, spans, start, "", ""))


def _lines(one: Seen, spans: Sequence[Seen], start: int, first: str, rest: str) -> Iterator[str]:
    at = (one.span.start_time_unix_nano - start) / 1e6
    told = [f"{key.rsplit('.', 1)[-1]}={one.attributes[key]}" for key in SHOWN if key in one.attributes]
    where = f"[{one.kind} @ {one.node}, +{at:.0f} ms, {one.milliseconds:.1f} ms]"
    yield f"{first}{one.name}  {where}  {' '.join(told)}".rstrip()
    children = [child for child in spans if child.parent == one.id]
    for child in children:
        last = child is children[-1]
        branch, stem = ("└─ ", "   ") if last else ("├─ ", "│  ")
        yield from _lines(child, spans, start, rest + branch, rest + stem)
