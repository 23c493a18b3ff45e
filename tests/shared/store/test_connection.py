from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import CursorNotFound, OperationFailure

from shared.store import connection
from tests.shared.http.running import Store

pytestmark = pytest.mark.faults


def test_a_read_that_the_store_forgot_by_starting_again_is_one_that_may_be_repeated(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.start()
    try:
        client: MongoClient[dict[str, int]] = MongoClient("127.0.0.1", store.port, directConnection=True)
        with client:
            things = client.test.things
            things.insert_many([{"_id": number} for number in range(10)])
            reading = things.find(batch_size=2)
            next(reading)
            store.stop()
            store.start()
            client.admin.command("ping")  # over a new connection; the read goes on there
            with pytest.raises(CursorNotFound) as raised:
                list(reading)
        assert connection.unavailable(raised.value)
    finally:
        store.stop()


def test_what_the_store_refuses_is_refused_again() -> None:
    assert not connection.unavailable(OperationFailure("no such command", 59))
