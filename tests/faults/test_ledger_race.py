"""Clients race for the last yuan while the service is killed: the small form of `tests.faults.ledger_race`."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.faults.ledger_race import Race
from tests.harness import RunningNode

pytestmark = pytest.mark.faults


def test_the_last_yuan_is_awarded_once_although_the_service_is_killed(
    node: Callable[..., RunningNode],
) -> None:
    race = Race(node(["funding"]), 4, random.Random(1))
    race.trial(kill=True)
    assert race.figures.wrong == []
    assert (race.figures.made, race.figures.refused) == (1, 3)
