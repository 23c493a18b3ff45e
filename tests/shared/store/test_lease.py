"""The lease: of all processes one at a time, and another soon after the holder is gone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared import clock
from shared.store.lease import AHEAD, LASTS, Lease

pytestmark = pytest.mark.service


def test_one_holder_at_a_time_and_it_may_renew() -> None:
    one, other = Lease("relay"), Lease("relay")
    assert one.take()
    assert not other.take()
    assert one.take()
    assert not other.take()


def test_of_many_that_ask_at_once_one_gets_it() -> None:
    many = [Lease("relay") for _ in range(8)]
    start = threading.Barrier(8)

    def take(lease: Lease) -> bool:
        start.wait()
        return lease.take()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(take, many)).count(True) == 1


def test_leases_of_different_names_do_not_meet() -> None:
    assert Lease("relay").take()
    assert Lease("reminders").take()


def test_a_released_lease_is_free_at_once() -> None:
    one, other = Lease("relay"), Lease("relay")
    one.take()
    one.release()
    assert other.take()
    assert not one.take()


def test_who_does_not_hold_it_cannot_release_it() -> None:
    one, other = Lease("relay"), Lease("relay")
    one.take()
    other.release()
    assert not other.take()


def test_a_holder_that_is_gone_is_replaced_after_the_leases_time(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Lease("relay"), Lease("relay")
    start = clock.wall()
    one.take()
    monkeypatch.setattr(clock, "wall", lambda: start + LASTS - timedelta(seconds=1))
    assert not other.take()
    monkeypatch.setattr(clock, "wall", lambda: start + LASTS + timedelta(seconds=1))
    assert other.take()
    assert not one.take(), "a holder that was frozen meanwhile notices"
    one.release()
    assert not one.take(), "and cannot free what is not its own any more"


def test_a_lease_that_was_taken_while_the_clock_was_ahead_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone, other = Lease("relay"), Lease("relay")
    right = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: right + timedelta(hours=2))
    assert gone.take()
    monkeypatch.setattr(clock, "wall", lambda: right)
    assert other.take()
    assert not gone.take()


def test_a_holder_whose_clock_was_put_back_still_renews_its_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Lease("relay"), Lease("relay")
    right = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: right + timedelta(hours=2))
    assert one.take()
    monkeypatch.setattr(clock, "wall", lambda: right)
    assert one.take()
    monkeypatch.setattr(clock, "wall", lambda: right + LASTS - timedelta(seconds=1))
    assert not other.take()


def test_clocks_that_differ_a_little_leave_a_lease_with_its_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = Lease("relay"), Lease("relay")
    right = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: right + AHEAD)
    assert one.take()
    monkeypatch.setattr(clock, "wall", lambda: right)
    assert not other.take()


def test_the_holder_hears_of_a_nudge_by_another_process_once() -> None:
    holder, other = Lease("relay"), Lease("relay")
    holder.take()
    assert not holder.nudged()
    other.nudge()
    other.nudge()
    assert holder.nudged()
    assert not holder.nudged()


def test_a_nudge_while_nobody_holds_it_makes_no_lease_and_stands_in_nobodys_way() -> None:
    one, other = Lease("relay"), Lease("relay")
    one.take()
    one.release()
    one.nudge()
    assert other.take()
    assert not one.take()


def test_a_nudge_is_not_missed_where_the_lease_was_released_and_taken_between_two_looks() -> None:
    one, other = Lease("relay"), Lease("relay")
    one.take()
    other.nudge()
    assert one.nudged()
    one.release()
    one.take()
    other.nudge()
    assert one.nudged()
