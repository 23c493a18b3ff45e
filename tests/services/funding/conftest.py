"""One running node for all files of this package that do without other services."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.embedded import Embedded
from tests.services.conftest import starting
from tests.services.funding.world import World


@pytest.fixture(scope="package")
def world(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    nodes = starting(embedded, tmp_path_factory)
    yield World(next(nodes)(["funding"]))
    next(nodes, None)  # stops them
