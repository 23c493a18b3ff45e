"""Spans reach a real OTLP receiver, clean; a collector that is away holds nothing up."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2
from oteltap import OtelTapHttpProtobufReceiver, OtelTapHttpProtobufReceiverSettings

from shared.errors import Refused, Text
from shared.telemetry import metrics, tracing

ROOT = Path(__file__).resolve().parents[3]
CHILD = Path(__file__).with_name("forked_child.py")
REMOTE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    yield
    tracing.shutdown()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def received(act: Callable[[str], None], count: int) -> dict[str, trace_pb2.Span]:
    """The first `count` spans, by name, that a receiver gets while `act` runs with its address."""

    async def run() -> dict[str, trace_pb2.Span]:
        port = free_port()
        async with OtelTapHttpProtobufReceiver(OtelTapHttpProtobufReceiverSettings(http_port=port)) as tap:
            spans: dict[str, trace_pb2.Span] = {}

            async def gather() -> None:
                async for one in tap.stream_traces():
                    spans[one.name] = one
                    if len(spans) == count:
                        return

            gathering = asyncio.create_task(gather())
            await asyncio.sleep(0)  # let it subscribe
            await asyncio.to_thread(act, f"http://127.0.0.1:{port}")
            await asyncio.wait_for(gathering, 10)
            return spans

    return asyncio.run(run())


def strings(attributes) -> dict[str, str]:
    return {a.key: a.value.string_value for a in attributes}


def test_a_remote_parent_and_nested_spans_make_one_trace():
    def act(otlp: str) -> None:
        tracing.configure("registry", "230102001", otlp)
        with (
            tracing.span(
                "publish", tracing.SpanKind.PRODUCER, parent=REMOTE, attributes={"n": 1, "ok": True}
            ),
            tracing.span("store", links=[REMOTE, "nonsense"]),
        ):
            pass
        tracing.shutdown()

    spans = received(act, 2)
    publish, store = spans["publish"], spans["store"]
    assert publish.trace_id.hex() == store.trace_id.hex() == REMOTE[3:35]
    assert publish.parent_span_id.hex() == REMOTE[36:52]
    assert store.parent_span_id == publish.span_id
    assert publish.kind == trace_pb2.Span.SPAN_KIND_PRODUCER
    assert [link.span_id.hex() for link in store.links] == [REMOTE[36:52]]
    assert {a.key: a.value.int_value for a in publish.attributes if a.key == "n"} == {"n": 1}


def test_exceptions_are_told_by_type_and_code_and_never_by_message():
    def act(otlp: str) -> None:
        tracing.configure("registry", "230102001", otlp)
        with pytest.raises(ValueError, match="Zhang"), tracing.span("fails"):
            raise ValueError("Zhang San has no licence")
        with pytest.raises(Refused), tracing.span("refuses"):
            raise Refused("already-registered", Text("Zhang San is registered.", "张三已登记。"))
        tracing.shutdown()

    spans = received(act, 2)
    for name, kind, described in (
        ("fails", "ValueError", "ValueError"),
        ("refuses", "shared.errors.Refused", "already-registered"),
    ):
        one = spans[name]
        assert one.status.code == trace_pb2.Status.STATUS_CODE_ERROR
        assert one.status.message == described
        assert strings(one.attributes) == {"error.type": described}
        assert [strings(event.attributes) for event in one.events] == [{"exception.type": kind}]
        assert b"Zhang" not in one.SerializeToString()


def test_no_credentials_and_no_personal_data_leave_in_a_span():
    def act(otlp: str) -> None:
        tracing.configure("registry", "230102001", otlp)
        attributes = {
            "uri": "amqp://u:s3cret@h/v",
            "safe": tracing.safe_uri("amqp://u:s3cret@h/v"),
            "to": "13800138000",
        }
        with tracing.span("mail a@b.cn", attributes=attributes) as current:
            current.set_attribute("uris", ["amqp://h", "amqp://u:s3cret@h"])
            current.add_event("sent", {"uri": "amqp://u:s3cret@h/v", "to": "a@b.cn"})
        tracing.shutdown()

    one = received(act, 1)["mail [email]"]
    assert strings(one.attributes) == {"safe": "amqp://h/v", "to": "[mobile]"}
    assert strings(one.events[0].attributes) == {"to": "[email]"}
    assert b"s3cret" not in one.SerializeToString()


def test_children_forked_after_patching_export_each_their_own():
    def act(otlp: str) -> None:
        command = [sys.executable, "-W", "ignore", str(CHILD), otlp]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, timeout=30)

    spans = received(act, 4)
    assert set(spans) == {"first by timer", "first at exit", "second by timer", "second at exit"}
    assert len({one.trace_id for one in spans.values()}) == 4, "children don't share their random ids"


class Collector(HTTPServer):
    """What oteltap does not show: the resource of the spans."""

    resources: list[dict[str, str]]


def test_the_resource_says_service_area_and_tier():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = ExportTraceServiceRequest.FromString(
                self.rfile.read(int(self.headers["Content-Length"]))
            )
            assert self.path == "/v1/traces"
            server.resources.extend(strings(spans.resource.attributes) for spans in request.resource_spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = Collector(("127.0.0.1", 0), Handler)
    server.resources = []
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        tracing.configure("registry", "230102001", f"http://127.0.0.1:{server.server_port}/")
        with tracing.span("any"):
            pass
        tracing.shutdown()
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
    [resource] = server.resources
    assert (
        resource.items()
        >= {
            "service.name": "hatchery.registry",
            "service.namespace": "hatchery",
            "hatchery.area": "230102001",
            "hatchery.tier": "street",
        }.items()
    )


@pytest.mark.parametrize("state", ["refuses", "is frozen"])
def test_a_dead_collector_costs_traces_and_no_time(state: str):
    lost = metrics.SPANS_LOST._value.get()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if state == "is frozen":
            listener.listen()  # connects and then never answers
        tracing.configure("registry", "230102001", f"http://127.0.0.1:{listener.getsockname()[1]}")
        started = time.monotonic()
        for _ in range(2000):
            with tracing.span("lost"):
                pass
        assert time.monotonic() - started < 2, "work does not wait for the export"
        time.sleep(1.2)  # it is in the middle of an attempt
        started = time.monotonic()
        tracing.shutdown()
        assert time.monotonic() - started < 2
        with tracing.span("afterwards"):
            assert tracing.ids()
        deadline = time.monotonic() + 5
        while metrics.SPANS_LOST._value.get() == lost and time.monotonic() < deadline:
            time.sleep(0.05)
        assert metrics.SPANS_LOST._value.get() > lost


@pytest.mark.parametrize("number", [None, signal.SIGTERM])
def test_a_patched_process_with_a_frozen_collector_exits_at_once(number: signal.Signals | None):
    code = (
        "import eventlet; eventlet.monkey_patch()\n"
        "import signal, sys\n"
        "from shared.telemetry import tracing\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
        "tracing.configure('registry', '230102', sys.argv[1])\n"
        "with tracing.span('lost'): pass\n"
        "eventlet.sleep(0.7)\n"
        "print('ready', flush=True)\n"
        "eventlet.sleep(float(sys.argv[2]))\n"
    )
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        command = [sys.executable, "-W", "ignore", "-c", code, f"http://127.0.0.1:{frozen.getsockname()[1]}"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        with subprocess.Popen(
            [*command, "60" if number else "0"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
        ) as process:
            try:
                assert process.stdout
                assert process.stdout.readline() == b"ready\n"
                started = time.monotonic()
                if number:
                    process.send_signal(number)
                assert process.wait(10) == 0
                assert time.monotonic() - started < 3
            finally:
                process.kill()


@pytest.mark.unit
def test_without_a_collector_or_setup_spans_still_have_ids():
    assert tracing.ids() is None
    assert tracing.traceparent() is None
    for configured in (False, True):
        if configured:
            tracing.configure("cli", "", None)
        with tracing.span("alone"):
            trace_id, span_id = tracing.ids() or ("", "")
            header = tracing.traceparent()
        assert header
        assert header.split("-")[1:3] == [trace_id, span_id]
        with tracing.span("elsewhere", parent=header):
            assert (tracing.ids() or ("",))[0] == trace_id


@pytest.mark.unit
def test_an_invalid_parent_starts_a_new_trace():
    with tracing.span("outer"):
        outer = tracing.ids() or ("",)
        for nonsense in ("", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01"):
            with tracing.span("inner", parent=nonsense):
                assert (tracing.ids() or ("",))[0] != outer[0]


@pytest.mark.unit
def test_shutting_down_twice_or_unconfigured_does_nothing():
    tracing.shutdown()
    tracing.configure("cli", "230102", None)
    tracing.shutdown()
    tracing.shutdown()
