"""What the embedded store does not do by itself, and its supervisor therefore does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Embedded, store
from tests.harness import scratch, served

pytestmark = pytest.mark.faults
LIFETIME = 60.0  # seconds after which the store may end an open transaction


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Embedded]:
    monkeypatch.setattr(store, "_TEND", 2.0)
    with scratch() as folder, served(Embedded(folder)) as embedded:
        yield embedded


def test_a_transaction_that_nobody_ends_locks_its_record_for_a_minute_at_most(alone: Embedded) -> None:
    uri = alone.addresses.store_uri
    with MongoClient[dict[str, Any]](uri, socketTimeoutMS=15_000, retryWrites=False) as client:
        records = client["open"]["records"]
        records.insert_one({"_id": "r", "state": "kept"})
        session = client.start_session()
        session.start_transaction()
        records.update_one({"_id": "r"}, {"$set": {"state": "never committed"}}, session=session)
        time.sleep(LIFETIME + 5)
        found = records.find_one_and_update({"_id": "r"}, {"$set": {"state": "changed"}})
    assert found == {"_id": "r", "state": "kept"}
