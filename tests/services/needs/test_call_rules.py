"""Rules of call lists: the draw and the rate of satisfaction."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.needs.domain import calls as rules
from shared.errors import Gone, Refused

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
frames = st.sets(st.uuids().map(str), max_size=40)
seeds = st.text("0123456789abcdef", min_size=8, max_size=32)


@given(frames, seeds, st.integers(1, 50))
def test_a_draw_is_the_same_in_whatever_order_the_frame_comes_and_takes_nobody_twice(
    frame: set[str], seed: str, size: int
) -> None:
    drawn = rules.draw(sorted(frame), seed, size)
    assert drawn == rules.draw(sorted(frame, reverse=True), seed, size)
    assert len(drawn) == len(set(drawn)) == min(size, len(frame))
    assert set(drawn) <= frame
    assert drawn == rules.draw(frame, seed, size + 1)[:size], "a longer list begins with the shorter one"


def test_a_draw_is_reproduced_by_anybody_from_frame_and_seed() -> None:
    frame = [f"need-{number}" for number in range(200)]
    keyed = sorted((hashlib.sha256(f"20260302/{one}".encode()).digest(), one) for one in frame)
    assert rules.draw(frame, "20260302", 20) == [one for _, one in keyed[:20]]


def test_over_many_seeds_everybody_is_drawn_about_as_often() -> None:
    frame, seeds = [str(number) for number in range(20)], range(2000)
    counts = dict.fromkeys(frame, 0)
    for seed in seeds:
        for one in rules.draw(frame, str(seed), 5):
            counts[one] += 1
    expected = len(seeds) * 5 / len(frame)
    chi_square = sum((n - expected) ** 2 / expected for n in counts.values())
    assert chi_square < 43.8, "19 degrees of freedom, one in a thousand"


def test_the_fingerprint_tells_two_frames_apart_and_not_two_orders() -> None:
    assert rules.fingerprint(["a", "b"]) == rules.fingerprint(["b", "a"])
    assert rules.fingerprint(["a", "b"]) != rules.fingerprint(["ab"])


def test_the_interval_is_wilsons() -> None:
    # 40 of 50: 0.8, from 0.6696 to 0.8876 (Wilson, 95 %).
    results = ["satisfied"] * 40 + ["unsatisfied"] * 10 + ["unreached"] * 7 + ["refused"] * 3
    assert rules.rate(results) == (50, 40, 800, 669, 888)
    assert rules.rate(["satisfied"] * 10)[2:] == (1000, 722, 1000)
    assert rules.rate(["unreached"]) == (0, 0, None, None, None)


@given(st.lists(st.sampled_from(rules.RESULTS), max_size=60))
def test_the_rate_lies_within_its_interval_which_more_answers_narrow(results: list[str]) -> None:
    told = rules.rate(results)
    if told.permille is None or told.low is None or told.high is None:
        assert not told.answered
        return
    assert 0 <= told.low <= told.permille <= told.high <= 1000
    more = rules.rate(results * 9)
    assert more.low is not None
    assert more.high is not None
    assert more.high - more.low <= told.high - told.low


def test_a_list_is_valid_until_its_last_moment_or_until_it_is_closed() -> None:
    rules.check_valid("drawn", NOW, NOW)
    for status, at in (("drawn", NOW + timedelta(milliseconds=1)), ("closed", NOW)):
        with pytest.raises(Gone) as raised:
            rules.check_valid(status, NOW, at)
        assert raised.value.status == 410
        with pytest.raises(Refused, match="list-expired"):
            rules.check_calling(status, NOW, at)


def test_what_a_list_cannot_be_drawn_from_is_refused() -> None:
    rules.check_days(date(2026, 3, 1), date(2026, 3, 1))
    for check in (
        lambda: rules.check_days(date(2026, 3, 2), date(2026, 3, 1)),
        lambda: rules.check_frame([]),
        lambda: rules.check_on_list("a", ["b"]),
    ):
        with pytest.raises(Refused):
            check()
