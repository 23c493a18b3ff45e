"""Rules of counting."""

from __future__ import annotations

import pytest

from services.needs.domain import figures as rules

pytestmark = pytest.mark.unit


def test_a_percentage_is_rounded_down_so_that_100_means_all():
    assert rules.percent(999, 1000) == 99
    assert rules.percent(5, 5) == 100
    assert rules.percent(0, 0) is None


def test_streets_and_communities_are_counted_once():
    raised_in = ["230102", "230102001", "230102001001", "230102001002", "230102002001"]
    assert rules.streets(raised_in) == {"230102001", "230102002"}
    assert len(rules.communities(raised_in)) == 3
