"""Routes that take files and answer them, and the store's place for files."""

from __future__ import annotations

import os
from urllib.parse import quote

import pytest
import requests

from shared.http.files import CSV, LARGEST_FILE, MIB, PDF, accepts
from tests.shared.http.running import Example

pytestmark = pytest.mark.service

PAPERS = "/api/things/papers"


def keep(
    example: Example, data: bytes, name: str = "a.csv", kind: str = CSV, **more: str
) -> requests.Response:
    headers = {
        "Content-Type": kind,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
    }
    return example.ask("POST", PAPERS, data=data, headers=headers | more, role="district_staff")


def test_a_file_comes_back_as_it_was_sent(example: Example) -> None:
    data = os.urandom(MIB + 700)
    kept = keep(example, data, "名录 2026.pdf", PDF)
    assert kept.status_code == 201, kept.text
    answer = example.ask("GET", kept.headers["Location"], role="district_staff")
    assert answer.content == data
    assert answer.headers["Content-Type"] == PDF
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"__ 2026.pdf\"; filename*=UTF-8''%E5%90%8D%E5%BD%95%202026.pdf"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("c:\\x\\y.csv", "y.csv"),
        ("a\r\nb", "ab"),
        ("..", "file"),
        (" ", "file"),
    ],
)
def test_a_name_is_only_a_name(example: Example, sent: str, kept: str) -> None:
    assert keep(example, b"x", sent).json()["name"] == kept


def test_a_repeat_with_the_same_key_keeps_one_file(example: Example) -> None:
    first = keep(example, b"one", **{"Idempotency-Key": "papers-1"})
    again = keep(example, b"one", **{"Idempotency-Key": "papers-1"})
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = keep(example, b"two", **{"Idempotency-Key": "papers-1"})
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")


def test_who_may_not_sends_no_file_and_gets_none(example: Example) -> None:
    path = keep(example, b"x").headers["Location"]
    for method, where in (("POST", PAPERS), ("GET", path)):
        assert example.ask(method, where, data=b"x", headers={"Content-Type": CSV}).status_code == 401
        answer = example.ask(method, where, data=b"x", headers={"Content-Type": CSV}, role="resident")
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("kind", "data", "status", "code"),
    [
        ("application/json", b"{}", 415, "wrong-file-type"),
        (CSV, b"", 400, "empty-file"),
        (CSV, b"x" * (2 * MIB + 1), 413, "body-too-large"),
    ],
)
def test_what_the_route_does_not_take_is_told(
    example: Example, kind: str, data: bytes, status: int, code: str
) -> None:
    answer = keep(example, data, kind=kind)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:hatchery:problem:{code}")
    assert answer.json()["remedy"]


def test_json_routes_keep_their_own_bound(example: Example) -> None:
    answer = example.ask("POST", "/api/things/things", data=b"x" * (MIB + 1), role="district_staff")
    assert answer.status_code == 413


def test_a_file_that_is_not_there_is_told(example: Example) -> None:
    answer = example.ask("GET", f"{PAPERS}/none", role="district_staff")
    assert (answer.status_code, answer.json()["field"]) == (404, "file")


def test_no_route_takes_more_than_the_gateway_passes_on() -> None:
    with pytest.raises(ValueError, match=str(LARGEST_FILE)):
        accepts(CSV, largest=LARGEST_FILE + 1)
