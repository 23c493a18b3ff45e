"""A POST with an Idempotency-Key has one effect, and one answer."""

from __future__ import annotations

import concurrent.futures
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from shared import clock
from shared.http import idempotency
from shared.store import connection
from tests.shared.http.running import AREA, Example, Store

pytestmark = pytest.mark.service


def outcome(example: Example, how: str, key: str, **given: Any) -> requests.Response:
    headers = {"Idempotency-Key": key, **given.pop("headers", {})}
    return example.ask("POST", "/api/things/outcomes", json={"how": how}, headers=headers, **given)


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def test_a_repeat_gets_the_first_answer_and_runs_nothing(example: Example, key: str) -> None:
    def make() -> requests.Response:
        return example.ask(
            "POST",
            "/api/things/things",
            json={"name": key[:30], "area": AREA},
            headers={"Idempotency-Key": key},
            role="district_staff",
        )

    first, again = make(), make()
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["runs"] == 1
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["traceparent"] != first.headers["traceparent"]


def test_the_cause_is_a_uuid_of_version_7(example: Example, key: str) -> None:
    assert uuid.UUID(outcome(example, key, key).json()["cause"]).version == 7


def test_a_key_belongs_to_one_request(example: Example, key: str) -> None:
    assert outcome(example, key, key).status_code == 200
    answer = outcome(example, "other", key)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:hatchery:problem:idempotency-key-reused"
    assert answer.json()["field"] == "Idempotency-Key"


def test_a_key_is_its_callers_own(example: Example, key: str) -> None:
    answers = [
        outcome(example, key, key, headers={"Authorization": f"Bearer {example.token(subject=subject)}"})
        for subject in ("li", "wang")
    ]
    assert answers[0].json()["cause"] != answers[1].json()["cause"]


def test_the_quoted_form_of_the_draft_is_the_same_key(example: Example, key: str) -> None:
    assert outcome(example, key, key).json() == outcome(example, key, f'"{key}"').json()


@pytest.mark.parametrize("bad", ["a b", "x" * 256, '""', "caf\xe9"])
def test_an_unusable_key_is_a_fault(example: Example, bad: str) -> None:
    answer = outcome(example, "x", bad.encode("latin-1"))  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


def test_a_refusal_by_a_rule_is_remembered(example: Example, key: str) -> None:
    first, again = outcome(example, "refused", key), outcome(example, "refused", key)
    assert first.status_code == again.status_code == 422
    assert first.content == again.content


@pytest.mark.parametrize(("how", "status"), [("unknown", 409), ("elsewhere", 421), ("broken", 500)])
def test_what_may_go_otherwise_later_runs_again(example: Example, key: str, how: str, status: int) -> None:
    for _ in range(2):
        answer = outcome(example, how, key)
        assert answer.status_code == status
        assert "Idempotency-Replayed" not in answer.headers


def test_a_faulty_request_does_not_use_up_its_key(example: Example, key: str) -> None:
    path, headers = "/api/things/outcomes", {"Idempotency-Key": key}
    assert example.ask("POST", path, json={"hw": "x"}, headers=headers).status_code == 400
    assert outcome(example, key, key).status_code == 200


def test_a_request_that_broke_off_runs_again_for_the_same_cause(
    another: Callable[..., Example], key: str, database: Any
) -> None:
    running = another()
    with pytest.raises(requests.ConnectionError):
        outcome(running, "exits", key)
    begun = database["requests"].find_one({"answer": None}, sort=[("created", -1)])
    running.start()
    answer = outcome(running, "exits", key)
    assert answer.status_code == 200
    assert answer.json()["cause"] == begun["cause"]


def test_repeats_at_the_same_time_have_one_cause(example: Example, key: str) -> None:
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: outcome(example, "slow", key), range(4)))
    assert len({answer.json()["cause"] for answer in answers}) == 1


@pytest.fixture
def database(http_store: Store) -> Iterator[Any]:
    connection.connect(f"mongodb://127.0.0.1:{http_store.port}/?directConnection=true", "example")
    yield connection.database()
    connection.disconnect()


def test_old_requests_are_forgotten(database: Any) -> None:
    now = clock.wall()
    for name, age in [("old", timedelta(days=8)), ("young", timedelta(days=6))]:
        database["requests"].insert_one({"_id": name, "created": now - age})
    assert idempotency.purge(now) == 1
    assert database["requests"].find_one({"_id": "young"})
    assert not database["requests"].find_one({"_id": "old"})
