"""Each test of the store gets an empty database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import mongoengine
import pytest

from deploy.embedded import Embedded
from shared import runtime
from shared.store import connection, nodes
from tests.shared.store.permits import DOCUMENTS, HERE


@pytest.fixture(autouse=True)
def store(embedded: Embedded, database: Callable[[], str]) -> Iterator[None]:
    connection.connect(embedded.addresses.store_uri, database())
    for document in DOCUMENTS:
        document.ensure_indexes()
    nodes.forget()
    runtime.configure(HERE, "registry", {})
    yield
    nodes.forget()
    mongoengine.disconnect()
