"""The example service as a process of its own, over a store of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shared.http.running import Example, Store


@pytest.fixture(scope="session")
def http_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("store"))
    store.start()
    yield store
    store.stop()


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory, http_store: Store) -> Iterator[Example]:
    running = Example(tmp_path_factory.mktemp("example"), http_store)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def another(tmp_path: Path, http_store: Store) -> Iterator[Callable[..., Example]]:
    """Starts further examples, with settings or a store of their own."""
    started: list[Example] = []

    def start(**settings: Any) -> Example:
        made = Example(tmp_path, **({"store": http_store} | settings))
        made.start()
        started.append(made)
        return made

    yield start
    for made in started:
        if made.process and made.process.poll() is None:
            made.stop()
