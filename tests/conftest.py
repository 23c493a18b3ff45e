"""One embedded broker and store for the whole run; each test takes virtual hosts and databases of its own."""

from __future__ import annotations

import http.server
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
import requests

from deploy.embedded import Embedded

# eventlet, which comes with Nameko's web server, leaves its own copy of http.server behind, whose locks wait
# for green threads. The tests' servers run in real ones.
_http_server = http.server
import nameko.web.server  # noqa: E402, F401

sys.modules["http.server"] = http.server = _http_server


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Broker and store on free ports, started again when a test kills one."""
    embedded = Embedded(tmp_path_factory.mktemp("embedded"))
    supervision = threading.Thread(target=embedded.supervise)
    embedded.start()
    supervision.start()
    yield embedded
    embedded.stop()
    supervision.join()


@pytest.fixture
def vhost(embedded: Embedded) -> Iterator[Callable[[], str]]:
    """Makes a virtual host on each call and returns its name; all are removed after the test."""
    made: list[str] = []
    api = requests.Session()
    api.auth = (embedded.addresses.user, embedded.addresses.password)

    def url(name: str) -> str:
        return f"{embedded.addresses.admin_url}/api/vhosts/{quote(name, safe='')}"

    def make() -> str:
        name = f"test-{uuid.uuid4().hex[:12]}"
        api.put(url(name), timeout=30).raise_for_status()
        made.append(name)
        return name

    yield make
    for name in made:
        api.delete(url(name), timeout=30)
    api.close()


@pytest.fixture
def database(embedded: Embedded) -> Iterator[Callable[[], str]]:
    """Returns the name of a new, empty database on each call; all are dropped after the test."""
    from pymongo import MongoClient

    made: list[str] = []

    def make() -> str:
        made.append(f"test_{uuid.uuid4().hex[:12]}")
        return made[-1]

    yield make
    if made:
        client: MongoClient[dict[str, object]] = MongoClient(embedded.addresses.store_uri)
        for name in made:
            client.drop_database(name)
        client.close()
