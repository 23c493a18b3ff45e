"""Errors as problem details: which field, why, what instead, in the caller's language."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.http.problems import language
from tests.shared.http.running import AREA, Example, Store

pytestmark = pytest.mark.service

PROBLEM = "application/problem+json"


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"urn:hatchery:problem:{code}"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    assert told["instance"] == answer.request.path_url.split("?")[0]
    return told


def make(example: Example, **fields: Any) -> Any:
    return example.ask(
        "POST", "/api/things/things", role="district_staff", json={"name": "a", "area": AREA} | fields
    )


def test_every_faulty_field_is_listed_with_reason_and_remedy(example: Example) -> None:
    lines = [{"purpose": "tea", "amount": 1}, {"purpose": "", "amount": 1.5, "colour": "red"}]
    answer = make(
        example, name="", area="2301", kind="gold", lines=lines, held="noon", day="2026-02-30", odd=1
    )
    told = assert_problem(answer, 400, "invalid-request")
    faults = {fault["field"]: fault for fault in told["errors"]}
    assert set(faults) == {
        "name", "area", "kind", "lines.1.purpose", "lines.1.amount", "lines.1.colour", "held", "day", "odd",
    }  # fmt: skip
    assert all(fault["reason"] and fault["remedy"] for fault in faults.values())
    assert faults["kind"]["remedy"] == "Give one of: tea, rice."
    assert "field" not in told


def test_a_single_faulty_field_is_named_at_the_top(example: Example) -> None:
    assert assert_problem(make(example, name=7), 400, "invalid-request")["field"] == "name"


def test_problems_speak_the_callers_language(example: Example) -> None:
    def told(accept: str) -> tuple[str, str]:
        answer = example.ask("POST", "/api/things/outcomes", json={}, headers={"Accept-Language": accept})
        assert answer.headers["Vary"] == "Accept-Language"
        return answer.headers["Content-Language"], answer.json()["errors"][0]["reason"]

    assert told("zh-CN,zh;q=0.9,en;q=0.8") == ("zh", "此项必填。")
    assert told("en-GB,en;q=0.9,zh;q=0.3") == ("en", "This field is required.")


@pytest.mark.parametrize(
    ("accept", "spoken"),
    [(None, "zh"), ("", "zh"), ("*", "zh"), ("fr", "zh"), ("en", "en"), ("en-US", "en"),
     ("fr, en;q=0.1", "en"), ("zh-Hans-CN", "zh"), ("en;q=0.2, zh;q=0.1", "en"), (";;=,q", "zh")],
)  # fmt: skip
def test_the_best_language_is_chosen(accept: str | None, spoken: str) -> None:
    assert language(accept) == spoken


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"how": NaN}', b'{"how": 99999999999999999999}', b"[" * 100_000,
     b'{"how": "\\ud800"}', b'{"how": ' + b"9" * 5000 + b"}"],
)  # fmt: skip
def test_what_is_no_sound_json_is_refused(example: Example, body: bytes) -> None:
    answer = example.ask(
        "POST", "/api/things/outcomes", data=body, headers={"Content-Type": "application/json"}
    )
    assert_problem(answer, 400, "invalid-json")


@pytest.mark.parametrize("body", ["[]", "null", "7", '"text"'])
def test_a_body_that_is_no_object_is_a_fault(example: Example, body: str) -> None:
    answer = example.ask(
        "POST", "/api/things/outcomes", data=body, headers={"Content-Type": "application/json"}
    )
    told = assert_problem(answer, 400, "invalid-request")
    assert told["errors"][0]["remedy"] == "Give a JSON object with the documented fields."


def test_a_body_that_is_not_declared_as_json_is_415(example: Example) -> None:
    assert_problem(example.ask("POST", "/api/things/outcomes", data={"how": "x"}), 415, "not-json")


def test_a_body_beyond_a_mebibyte_is_413(example: Example) -> None:
    body = b" " * (1024 * 1024 + 1)
    json_type = {"Content-Type": "application/json"}
    answer = example.ask("POST", "/api/things/outcomes", data=body, headers=json_type)
    assert_problem(answer, 413, "body-too-large")
    chunks = (b" " * 65536 for _ in range(17))
    answer = example.ask("POST", "/api/things/outcomes", data=chunks, headers=json_type)
    assert_problem(answer, 413, "body-too-large")


def test_a_chunked_body_is_read(example: Example) -> None:
    chunks = (part for part in (b'{"how":', b'"chunked"}'))
    answer = example.ask(
        "POST", "/api/things/outcomes", data=chunks, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200


def test_unknown_query_parameters_are_faults(example: Example) -> None:
    told = assert_problem(example.ask("GET", "/api/things/things?limit=0&sort=x"), 400, "invalid-request")
    assert {fault["field"] for fault in told["errors"]} == {"limit", "sort"}
    assert "query" in told["detail"]


def test_unknown_addresses_and_methods_are_problems(example: Example) -> None:
    assert_problem(example.ask("GET", "/nowhere"), 404, "no-such-route")
    assert_problem(example.ask("GET", "/api/other/things"), 404, "no-such-route")
    answer = example.ask("PATCH", "/api/things/things")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert_problem(example.ask("BREW", "/api/things/things"), 405, "method-not-allowed")


def test_our_own_failures_tell_the_trace_and_nothing_else(example: Example) -> None:
    for method, path in [("POST", "/api/things/outcomes"), ("GET", "/broken")]:
        answer = example.ask(method, path, json={"how": "broken"})
        told = assert_problem(answer, 500, "internal")
        assert told["trace"] == answer.headers["traceparent"].split("-")[1]
        assert "secret" not in answer.text
    assert "RuntimeError: secret of the house" in example.log
    assert "Traceback" in example.log


def test_refusals_leave_no_traceback_in_the_log(example: Example) -> None:
    before = len(example.log)
    example.ask("POST", "/api/things/outcomes", json={"how": "unknown"})
    assert "Traceback" not in example.log[before:]


def test_other_members_come_along(example: Example) -> None:
    elsewhere = example.ask("POST", "/api/things/outcomes", json={"how": "elsewhere"})
    told = assert_problem(elsewhere, 421, "owned-elsewhere")
    assert (told["owner"], told["address"]) == ("230102001", "http://elsewhere")
    unknown = example.ask("POST", "/api/things/outcomes", json={"how": "unknown"})
    assert assert_problem(unknown, 409, "not-yet-known")["field"] == "id"
    assert unknown.headers["Retry-After"] == "1"


def test_a_store_that_is_away_is_503_and_comes_back(another: Callable[..., Example], tmp_path: Path) -> None:
    store = Store(tmp_path / "own")
    store.start()
    try:
        running = another(store=store)
        key = {"Idempotency-Key": "over-the-outage"}
        store.stop()
        answer = running.ask("POST", "/api/things/outcomes", json={"how": "x"}, headers=key)
        assert_problem(answer, 503, "store-unavailable")
        assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("2", "no-store")
        store.start()
        answer = running.ask("POST", "/api/things/outcomes", json={"how": "x"}, headers=key)
        assert answer.status_code == 200
    finally:
        store.stop()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"a\r\nX: " * 40000 + b"a\r\n\r\n", 431),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_read_as_a_request_is_a_problem_too(
    example: Example, request_bytes: bytes, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", example.port), 10) as caller:
        caller.sendall(request_bytes)
        answer = b""
        try:
            while part := caller.recv(65536):
                answer += part
        except ConnectionResetError:  # it hung up before reading all that we sent
            pass
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert PROBLEM.encode() in head
    assert json.loads(body)["status"] == status
