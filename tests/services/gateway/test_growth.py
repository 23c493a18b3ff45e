"""How long until a link's queue is full."""

from __future__ import annotations

import math

import pytest

from services.gateway.growth import WINDOW, Growth

pytestmark = pytest.mark.unit


def test_a_queue_that_grows_is_full_when_its_rate_says_so() -> None:
    growth = Growth(1000)
    growth.see(0, 100)
    growth.see(10, 150)
    assert growth.seconds_left() == 170  # 850 left at 5 a second


def test_a_queue_that_rests_or_shrinks_is_never_full() -> None:
    growth = Growth(1000)
    assert growth.seconds_left() == math.inf
    growth.see(0, 100)
    assert growth.seconds_left() == math.inf
    growth.see(10, 100)
    assert growth.seconds_left() == math.inf
    growth.see(20, 50)
    assert growth.seconds_left() == math.inf


def test_a_full_queue_has_no_time_left() -> None:
    growth = Growth(1000)
    growth.see(0, 1000)
    assert growth.seconds_left() == 0


def test_a_burst_that_is_over_is_forgotten() -> None:
    growth = Growth(1000)
    growth.see(0, 0)
    growth.see(1, 500)
    growth.see(WINDOW + 1.5, 500)
    assert growth.seconds_left() == math.inf
