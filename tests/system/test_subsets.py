"""Any subset of the services: streets, a community and a root that host half of them each.

More of them: `python -m tests.system.subsets --pruned`, or `--all`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import pytest

from deploy.embedded import Embedded
from shared.node import SERVICES
from tests.system import subsets
from tests.system.subsets import Row


@pytest.fixture(scope="module")
def rows(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Row]]:
    with subsets.land(tmp_path_factory.mktemp("subsets"), embedded) as land:
        matrix = subsets.sample()
        yield list(subsets.run(land, matrix, at_once=len(matrix)))


@pytest.mark.system
def test_each_service_is_answered_by_its_own_node_by_one_above_or_by_a_clear_problem(rows: list[Row]) -> None:
    assert [wrong for row in rows for wrong in row.wrong] == []
    answered = {who for row in rows for who in row.answered.values()}
    assert {"own", "service-not-hosted", "not-yet-known"} <= answered
    assert answered & {"980100"}, "the district answered for some"


@pytest.mark.unit
@pytest.mark.parametrize("strength", [2, 3])
def test_a_covering_array_has_every_combination_of_as_many_services(strength: int) -> None:
    chosen = subsets.covering(strength)
    for names in combinations(SERVICES, strength):
        seen = {tuple(name in subset for name in names) for subset in chosen}
        assert seen == set(product((True, False), repeat=strength))
