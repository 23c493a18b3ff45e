"""An import whose service is killed half-way: each row once, each fault told."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.faults.import_under_kills import PLACES, trial
from tests.harness import RunningNode
from tests.services.registry.stock import stock

pytestmark = pytest.mark.faults


def test_an_import_goes_on_after_a_kill_with_no_row_twice_and_none_lost(
    node: Callable[..., RunningNode],
) -> None:
    made = stock(200, 24, PLACES)
    found = trial(node(["registry"]), made, 1, random.Random(1))
    assert found.kills == 1
    assert found.wrong == []
    assert found.good(faulty=24), found
