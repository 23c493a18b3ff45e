"""Each module of tests gets a fresh database, and each test finds it empty."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from deploy.embedded import Embedded
from shared import runtime
from shared.store import connection, nodes
from tests.shared.store.permits import DOCUMENTS, HERE


@pytest.fixture(scope="module")
def fresh_database(embedded: Embedded) -> Iterator[None]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    connection.connect(embedded.addresses.store_uri, name)
    for document in DOCUMENTS:
        document.ensure_indexes()
    yield
    connection.database().client.drop_database(name)
    connection.disconnect()


@pytest.fixture(autouse=True)
def store(fresh_database: None) -> Iterator[None]:
    nodes.forget()
    runtime.configure(HERE, "registry", {})
    yield
    nodes.forget()
    database = connection.database()
    for collection in database.list_collection_names():
        database[collection].delete_many({})
