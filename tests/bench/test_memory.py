"""A small node stays within its memory: `python -m tests.bench.memory` measures it under a longer load."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.embedded import Embedded
from tests.bench.memory import LIMIT, load, measure, small_node, table, total

pytestmark = pytest.mark.service

ROUNDS = 40


def test_three_services_and_the_gateway_stay_within_their_memory(embedded: Embedded, tmp_path: Path) -> None:
    with small_node(embedded, tmp_path) as node:
        load(node, ROUNDS)
        taken = measure(node)
    print(table(taken))  # noqa: T201
    assert taken[0].name == "launcher"
    assert len(taken) == 5
    assert total(taken) <= LIMIT, table(taken)
