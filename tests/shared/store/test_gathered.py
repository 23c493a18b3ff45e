"""Inserts at the same time are one write, and each hears of its own only."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import DuplicateKeyError, PyMongoError
from pymongo.monitoring import CommandListener

from deploy.embedded import Embedded
from shared.store import connection, gathered
from tests.harness import PATIENCE, eventually

pytestmark = pytest.mark.service
COUNT = 30


class Writes(CommandListener):
    """Counts the documents of each write, and holds the first one up until it may go on."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.may_go_on = threading.Event()

    def started(self, event: Any) -> None:
        if event.command_name == "insert":
            self.sizes.append(len(event.command["documents"]))
            self.may_go_on.wait(PATIENCE)

    def succeeded(self, event: Any) -> None:
        pass

    def failed(self, event: Any) -> None:
        pass


@pytest.fixture
def writes() -> Writes:
    return Writes()


@pytest.fixture
def things(embedded: Embedded, writes: Writes) -> Iterator[Any]:
    uri = embedded.addresses.store_uri
    with MongoClient[dict[str, Any]](uri, event_listeners=[writes], retryWrites=False) as client:
        yield client[connection.database().name]["things"]


def outcome(things: Any, number: int) -> type[Exception] | None:
    try:
        gathered.insert(things, {"_id": number % (COUNT - 1)})
    except PyMongoError as error:
        return type(error)
    return None


def test_what_comes_during_a_write_is_written_together_after_it(things: Any, writes: Writes) -> None:
    with ThreadPoolExecutor(COUNT) as pool:
        first = pool.submit(outcome, things, 0)
        eventually(lambda: writes.sizes == [1])
        others = [pool.submit(outcome, things, number) for number in range(1, COUNT)]
        eventually(lambda: len(gathered._queues[things.full_name]._waiting) == COUNT - 1)
        writes.may_go_on.set()
        told = [each.result(PATIENCE) for each in (first, *others)]
    assert writes.sizes == [1, COUNT - 1]
    # The last one has the id of the first.
    assert told == [None] * (COUNT - 1) + [DuplicateKeyError]
    assert things.count_documents({}) == COUNT - 1


def test_where_the_store_is_away_everybody_hears_of_it() -> None:
    with MongoClient[dict[str, Any]]("mongodb://127.0.0.1:9", serverSelectionTimeoutMS=50) as nowhere:
        things = nowhere["nowhere"]["things"]
        with ThreadPoolExecutor(COUNT) as pool:
            told = list(pool.map(lambda number: outcome(things, number), range(COUNT)))
    assert None not in told
    assert DuplicateKeyError not in told
