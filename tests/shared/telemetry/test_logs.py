"""Log lines of our own and of libraries are the same masked JSON."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shared import clock
from shared.errors import Refused, Text
from shared.telemetry import logs, tracing

pytestmark = pytest.mark.unit


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the process has written since, line by line; the test process's own logging comes back after."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="gb18030", write_through=True)  # any locale
    monkeypatch.setattr(sys, "stdout", out)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure("registry", "230102001")
    yield lambda: [json.loads(line) for line in out.buffer.getvalue().decode("utf-8").splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def test_a_line_says_when_where_and_in_which_trace_and_event(lines):
    with tracing.span("handle"), logs.handling("019a-event"):
        logs.get_logger("registry.commands").info("organisation registered", noun="社会组织", count=3)
        trace_id, span_id = tracing.ids() or ("", "")
    [line] = lines()
    assert clock.parse(line.pop("time")) <= clock.wall()
    assert line == {
        "level": "info",
        "event": "organisation registered",
        "service": "registry",
        "area": "230102001",
        "trace_id": trace_id,
        "span_id": span_id,
        "event_id": "019a-event",
        "noun": "社会组织",
        "count": 3,
        "logger": "registry.commands",
    }


def test_outside_of_trace_and_event_there_are_no_ids(lines):
    logs.get_logger("x").info("started")
    assert not {"trace_id", "span_id", "event_id"} & lines()[0].keys()


def test_handling_ends_with_its_block(lines):
    with logs.handling("outer"):
        with pytest.raises(RuntimeError), logs.handling("inner"):
            raise RuntimeError
        logs.get_logger("x").info("after")
    assert lines()[0]["event_id"] == "outer"


def test_libraries_write_the_same_lines(lines):
    logging.getLogger("some.library").warning("lost %s", "amqp://u:p@host/v", extra={"caller": "13800138000"})
    [line] = lines()
    assert (line["event"], line["level"], line["logger"]) == (
        "lost amqp://[credentials]@host/v", "warning", "some.library",
    )  # fmt: skip
    assert line["caller"] == "[mobile]"
    assert line["service"] == "registry"


def test_access_lines_stay_and_chatter_goes(lines):
    logging.getLogger("nameko.web.server").info("127.0.0.1 GET /api?q=13800138000 200")
    for name in ("kombu.mixins", "amqp", "nameko.containers", "pymongo", "urllib3.connectionpool"):
        logging.getLogger(name).info("chatter")
    assert [line["event"] for line in lines()] == ["127.0.0.1 GET /api?q=[mobile] 200"]


def test_an_exception_is_masked_in_its_traceback_too(lines):
    for write in (logs.get_logger("ours").exception, logging.getLogger("theirs").exception):
        try:
            raise ValueError("no such person: 13800138000")
        except ValueError:
            write("failed")
    assert len(lines()) == 2
    for line in lines():
        assert line["exception"].endswith("ValueError: no such person: [mobile]")


def test_a_problem_in_a_field_is_told_by_its_text_and_masked(lines):
    refused = Refused("double", Text("Zhang (13800138000) is registered.", "张三已登记。"))
    logs.get_logger("x").warning("refused", problem=refused)
    assert lines()[0]["problem"] == "double: Zhang ([mobile]) is registered."


def test_a_field_cannot_pretend_to_be_the_lines_own(lines):
    logs.get_logger("x").info("said", service="gateway", time="never", area="330203")
    [line] = lines()
    assert (line["service"], line["area"]) == ("registry", "230102001")
    assert line["time"] != "never"


def test_text_that_is_no_unicode_is_still_one_line(lines):
    logs.get_logger("x").info("bad \ud800 text\nsecond", raw=b"\xff\xfe")
    [line] = lines()
    assert line["event"].endswith("text\nsecond")


def test_below_the_level_nothing_is_written(lines):
    logs.get_logger("x").debug("details")
    assert lines() == []
