"""What waits within records leaves them beside commands that change several records at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener

from deploy.embedded import Embedded
from shared.store import connection
from shared.store.waiting import take_out
from tests.harness import PATIENCE

pytestmark = pytest.mark.service
COUNT = 50


class Began(CommandListener):
    def __init__(self) -> None:
        self.writing = threading.Event()

    def started(self, event: Any) -> None:
        if event.command_name == "update":
            self.writing.set()

    def succeeded(self, event: Any) -> None:
        pass

    def failed(self, event: Any) -> None:
        pass


def test_a_transaction_on_the_same_records_neither_waits_for_it_nor_keeps_it_waiting_for_good(
    embedded: Embedded,
) -> None:
    began, uri = Began(), embedded.addresses.store_uri
    things = connection.database()["things"]
    ids = [str(number) for number in range(COUNT)]
    things.insert_many([{"_id": one, "outbox": [{"id": "told"}, {"id": "new"}], "since": 1} for one in ids])
    with MongoClient[dict[str, Any]](uri, event_listeners=[began]) as other, ThreadPoolExecutor(1) as pool:
        beside = other[things.database.name]["things"]
        with things.database.client.start_session() as session, session.start_transaction():
            things.update_one({"_id": ids[0]}, {"$set": {"changed": True}}, session=session)
            taken = pool.submit(take_out, beside, ids, ["told"], of="outbox", sign="since")
            assert began.writing.wait(PATIENCE)
            for record in ids[1:]:
                things.update_one({"_id": record}, {"$set": {"changed": True}}, session=session)
        taken.result(PATIENCE)
    assert things.count_documents({"outbox": [{"id": "new"}], "changed": True}) == COUNT
