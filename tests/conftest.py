"""One embedded broker and store for the whole run; each test takes virtual hosts and databases of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from xdist.scheduler import LoadFileScheduling

import tests.real_threads  # noqa: F401
from deploy.embedded import Embedded
from tests.harness import scratch, served

# Folders whose files take longest come first, so that the processes end at about the same time.
LONGEST = ("system", "faults", "compat", "packaging", "deploy", "services", "contracts")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(root).parts[0]
        return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)

    items.sort(key=rank)


# Files of one process, since they share nodes that take long to start.
TOGETHER = {
    f"tests/system/test_{name}.py": nodes
    for nodes, names in {
        "tiers": ("growth", "moves", "three_tiers"),
        "pair": ("figures", "subscriber", "trace"),
    }.items()
    for name in names
} | {f"tests/services/needs/test_{name}.py": "needs" for name in ("hotline", "menu", "neighbours", "service")}


class ByFileOrNodes(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return TOGETHER.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFileOrNodes:
    return ByFileOrNodes(config, log)


@pytest.fixture(scope="session")
def embedded() -> Iterator[Embedded]:
    """Broker and store on free ports, started again when a test kills one."""
    with scratch() as folder, served(Embedded(folder)) as embedded:
        yield embedded


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
