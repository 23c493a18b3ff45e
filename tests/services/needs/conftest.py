"""A node that several modules share: starting one takes longer than most of their tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.embedded import Embedded
from tests.harness import RunningNode
from tests.services.conftest import starting


@pytest.fixture(scope="package")
def office(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNode]:
    """A district's registry, needs and notifications."""
    for start in starting(embedded, tmp_path_factory):
        yield start(["registry", "needs", "notifications"])
