"""Routes over real HTTP: who may, what is loaded, what is answered."""

from __future__ import annotations

import concurrent.futures
import json
import socket
import time
from collections.abc import Callable

import pytest

from shared.fields import Schema
from shared.http import post
from tests.shared.http.running import AREA, Example

pytestmark = pytest.mark.service

THING = {"name": "kettle", "area": AREA}


def test_a_post_answers_what_its_schema_shows_and_where_the_record_is(example: Example) -> None:
    made = example.ask("POST", "/api/things/things", json=THING, role="district_staff")
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/things/things/{made.json()['id']}"
    assert made.json()["subject"] == "li"
    assert made.headers["X-Content-Type-Options"] == "nosniff"
    assert made.headers["Cache-Control"] == "no-store"
    assert example.ask("GET", made.headers["Location"]).json()["id"] == made.json()["id"]


def test_a_head_request_gets_the_headers_of_a_get(example: Example) -> None:
    whole = example.ask("GET", "/api/things/things/abc")
    headers = example.ask("HEAD", "/api/things/things/abc")
    assert headers.status_code == 200
    assert headers.content == b""
    assert headers.headers["Content-Length"] == str(len(whole.content))


def test_an_empty_answer_is_204(example: Example) -> None:
    answer = example.ask("DELETE", "/api/things/things/abc", role="anything")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token-needed"),
        ("Basic bGk6bGk=", "bearer-token-needed"),
        ("Bearer", "bearer-token-needed"),
        ("Bearer nonsense", "token-malformed"),
    ],
)
def test_a_request_without_a_good_token_is_refused(example: Example, header: str | None, code: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = example.ask("POST", "/api/things/things", json=THING, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"] == f"urn:hatchery:problem:{code}"
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="hatchery"')


def test_a_bad_token_is_refused_on_a_public_route_too(example: Example) -> None:
    answer = example.ask("GET", "/api/things/things", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


def test_a_good_token_is_known_on_a_public_route(example: Example) -> None:
    assert example.ask("GET", "/api/things/things/a", role="any").json()["subject"] == "li"
    assert example.ask("GET", "/api/things/things/a").json()["subject"] == "anonymous"


def test_a_token_without_a_role_of_the_route_is_forbidden(example: Example) -> None:
    answer = example.ask("POST", "/api/things/things", json=THING, role="resident")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:hatchery:problem:role-needed")
    assert "district_staff, street_staff" in answer.json()["detail"]


def test_a_role_elsewhere_reaches_the_command_which_refuses_it(example: Example) -> None:
    token = example.token("street_staff", "230102001")
    answer = example.ask(
        "POST", "/api/things/things", json=THING, headers={"Authorization": f"Bearer {token}"}
    )
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:hatchery:problem:role-needed")
    assert f"at {AREA} or above" in answer.json()["detail"]


def test_lists_are_walked_page_by_page(example: Example) -> None:
    path, seen = "/api/things/things?limit=3&tag=a&tag=b", []
    while path:
        answer = example.ask("GET", path)
        page = answer.json()
        seen.append([item["id"] for item in page["items"]])
        assert all(item["name"] == "a,b" for item in page["items"])
        path = answer.links["next"]["url"] if page["next"] else ""
        if path:
            assert page["next"] in path
        else:
            assert "Link" not in answer.headers
    assert seen == [["1", "2", "3"], ["4", "5", "6"], ["7"]]


@pytest.mark.parametrize("cursor", ["x", "%00", "WyJhIl0", "WzEsMl0", "e30", "W3RydWVd", "W" * 3000, "文"])
def test_a_foreign_cursor_is_a_fault_of_that_field(example: Example, cursor: str) -> None:
    answer = example.ask("GET", f"/api/things/things?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["field"] == "cursor"


def test_only_test_nodes_let_requests_be_dated(example: Example, another: Callable[..., Example]) -> None:
    dated = {"Hatchery-Now": "2021-05-06T08:00:00+08:00"}
    refused = example.ask("GET", "/api/things/things/a", headers=dated, role="operator")
    assert (refused.status_code, refused.json()["field"]) == (400, "Hatchery-Now")
    replay = another(clock="request")
    assert replay.ask("GET", "/api/things/things/a", headers=dated).status_code == 400
    answer = replay.ask("GET", "/api/things/things/a", headers=dated, role="operator")
    assert answer.json()["now"] == "2021-05-06T00:00:00.000Z"
    made = replay.ask("POST", "/api/things/things", headers=dated, role="district_staff", json=THING)
    assert made.json()["now"] == "2021-05-06T00:00:00.000Z"
    wrong = replay.ask("GET", "/api/things/things/a", headers={"Hatchery-Now": "noon"}, role="operator")
    assert (wrong.status_code, wrong.json()["field"]) == (400, "Hatchery-Now")
    today = replay.ask("GET", "/api/things/things/a", role="operator").json()["now"]
    assert not today.startswith("2021-05-06")


def test_raw_routes_get_the_request_itself(example: Example) -> None:
    assert example.ask("POST", "/anything/a/b%20c").text == "a/b c"
    assert "traceparent" not in example.ask("GET", "/metrics").headers, "probes are not traced"


def test_spans_and_metrics_name_the_route_and_never_the_query(example: Example) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = example.ask(
        "POST",
        "/api/things/things?secret=1",
        json=THING,
        headers={"traceparent": parent},
        role="district_staff",
    )
    assert answer.headers["traceparent"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    assert answer.json()["correlation"] == "0af7651916cd43dd8448eb211c80319c"
    spans = [json.loads(line) for line in example.ask("GET", "/spans").text.splitlines()]
    span = next(s for s in spans if s["parent_id"] == "0xb7ad6b7169203331")
    assert (span["name"], span["kind"]) == ("POST /api/things/things", "SpanKind.SERVER")
    attributes = span["attributes"]
    assert attributes["http.request.method"] == "POST"
    assert attributes["http.route"] == "/api/things/things"
    assert attributes["http.response.status_code"] == 201
    assert attributes["url.path"] == "/api/things/things"
    assert "secret" not in json.dumps(spans)
    metrics = example.ask("GET", "/metrics").text
    assert 'hatchery_http_requests_total{method="POST",route="/api/things/things",status="201"}' in metrics
    example.ask("GET", "/api/things/things/one")
    assert 'route="/api/things/things/{id}"' in example.ask("GET", "/metrics").text


def test_requests_in_flight_at_sigterm_are_answered(another: Callable[..., Example]) -> None:
    running = another()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(running.ask, "PUT", "/api/things/things/abc/wait")
        time.sleep(0.5)
        assert running.stop() == 0
        assert answer.result().json() == {"id": "abc"}
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", running.port), 2)


def test_a_port_that_is_taken_is_no_secret(example: Example, another: Callable[..., Example]) -> None:
    with pytest.raises(AssertionError, match="Address already in use"):
        another(port=example.port)


def test_an_idle_connection_does_not_hold_up_the_stop(another: Callable[..., Example]) -> None:
    running = another()
    with socket.create_connection(("127.0.0.1", running.port)) as idle:
        idle.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(1000).startswith(b"HTTP/1.1 200")
        started = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - started < 5


def test_a_caller_who_hangs_up_leaves_the_service_running(example: Example) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", example.port)) as caller:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            caller.sendall(b"POST /api/things/outcomes HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
    assert example.ask("GET", "/metrics").status_code == 200


def test_what_never_asks_where_the_role_holds_is_not_answered(example: Example) -> None:
    answer = example.ask("GET", "/api/things/forgetful", role="district_staff")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:hatchery:problem:internal")
    assert "forgetful never asked where the role holds" in example.log


def test_a_method_takes_what_its_route_gives() -> None:
    class Body(Schema):
        pass

    with pytest.raises(TypeError, match="must take"):

        @post("/things/<id>", body=Body)
        def make(self: object, call: object, body: object) -> None: ...
