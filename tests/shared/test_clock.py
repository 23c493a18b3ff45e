"""One clock: aware, UTC, whole milliseconds, and set only where a block says so."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock

pytestmark = pytest.mark.unit

MOMENT = datetime(2026, 3, 1, 1, 30, 0, 123000, tzinfo=UTC)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=offsets)  # noqa: DTZ001


@given(moments)
def test_a_written_moment_is_read_back_to_the_millisecond_in_utc(moment: datetime) -> None:
    read = clock.parse(clock.text(moment))
    assert read.tzinfo is UTC
    assert read.microsecond % 1000 == 0
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)
    assert clock.text(read) == clock.text(moment)


@given(moments, moments)
def test_written_moments_sort_as_the_moments_do(one: datetime, other: datetime) -> None:
    earlier, later = sorted((clock.parse(clock.text(one)), clock.parse(clock.text(other))))
    assert clock.text(earlier) <= clock.text(later)


def test_the_domains_clock_is_the_machines_until_it_is_set() -> None:
    before = clock.wall()
    now = clock.now()
    assert before <= now <= clock.wall()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


def test_the_domains_clock_stands_within_a_block_and_goes_on_after_it() -> None:
    with clock.at(MOMENT):
        assert clock.now() == MOMENT
        assert abs(clock.wall() - datetime.now(UTC)) < timedelta(seconds=5), "machinery keeps its time"
        with clock.at(MOMENT + timedelta(days=1)):
            assert clock.now() == MOMENT + timedelta(days=1)
        assert clock.now() == MOMENT
        with clock.at(None):
            assert clock.now() > MOMENT
    assert abs(clock.now() - clock.wall()) < timedelta(seconds=5)


def test_an_error_within_the_block_sets_the_clock_free_as_well() -> None:
    with pytest.raises(LookupError), clock.at(MOMENT):
        raise LookupError
    assert clock.now() != MOMENT


def test_the_clock_of_one_thread_does_not_stand_in_another() -> None:
    seen: list[datetime] = []
    with clock.at(MOMENT):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != MOMENT


def test_a_set_moment_is_kept_as_the_store_keeps_it() -> None:
    with clock.at(datetime(2026, 3, 1, 9, 30, 0, 123999, tzinfo=clock.CHINA)):
        assert clock.now() == MOMENT
        assert clock.now().tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-03-01", "2026-03-01T09:30:00", "2026-02-30T09:30:00Z", "2026-03-01T25:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    ],
)
def test_a_time_without_offset_or_outside_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        clock.parse(text)


def test_the_clock_cannot_be_set_to_a_moment_of_no_known_zone() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.at(datetime(2026, 3, 1)):  # noqa: DTZ001
        pass
