"""The outbox as the relay works it: each subject's oldest event first, and none lost on the way."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from shared import clock
from shared.store import outbox
from shared.store.outbox import KEPT, Pending, SentEvent
from tests.shared.store.permits import Journal, Permit, call, count, grant, open_journal, raw

pytestmark = pytest.mark.service

KINDS = (Permit, Journal)


def send_one_round(limit: int = 100) -> list[Pending]:
    found = outbox.pending(KINDS, limit)
    outbox.mark_sent(found)
    return found


def test_each_subject_offers_its_oldest_event_only() -> None:
    one, other = grant(call(), "One"), grant(call(), "Other")
    count(call(), one.id)
    journal = open_journal(call())
    found = outbox.pending(KINDS, 100)
    assert [(p.collection, p.subject, p.envelope["sequence"]) for p in found] == [
        ("permits", one.id, 1),
        ("permits", other.id, 1),
        ("journals", journal.id, 1),
    ]


def test_round_by_round_each_subjects_events_leave_in_their_order() -> None:
    permits = [grant(call(), f"Permit {number}") for number in range(5)]
    for number, permit in enumerate(permits):
        for _ in range(number):
            count(call(), permit.id)
    sent: dict[str, list[int]] = {}
    rounds = 0
    while found := send_one_round(limit=3):
        rounds += 1
        assert len(found) <= 3
        assert len({p.subject for p in found}) == len(found)
        for p in found:
            sent.setdefault(p.subject, []).append(p.envelope["sequence"])
    assert sent == {permit.id: list(range(1, number + 2)) for number, permit in enumerate(permits)}
    assert outbox.backlog(KINDS) == (0, 0.0)


def test_what_was_sent_leaves_the_record_as_it_was_and_is_kept() -> None:
    permit = grant(call(), "Tea house")
    count(call(), permit.id)
    before = raw(Permit, permit.id)
    [first] = send_one_round()
    after = raw(Permit, permit.id)
    assert after.pop("outbox") == before.pop("outbox")[1:]
    assert after == before, "above all its version: commands under way are not disturbed"
    send_one_round()
    assert "pending_since" not in raw(Permit, permit.id)
    kept = SentEvent.objects(subject=permit.id)
    assert sorted(sent.envelope["sequence"] for sent in kept) == [1, 2]
    assert kept.get(id=first.envelope["id"]).envelope == first.envelope


def test_a_command_under_way_while_events_are_sent_is_not_disturbed() -> None:
    permit = grant(call(), "Tea house")
    stop = threading.Event()
    sent: list[int] = []

    def relay() -> None:
        while not stop.is_set() or outbox.pending(KINDS, 10):
            sent.extend(p.envelope["sequence"] for p in send_one_round())

    running = threading.Thread(target=relay)
    running.start()
    try:
        for _ in range(60):
            count(call(), permit.id)
    finally:
        stop.set()
        running.join()
    assert sent == list(range(1, 62))
    stored = raw(Permit, permit.id)
    assert (stored["count"], stored["version"], stored["outbox"]) == (60, 61, [])
    assert SentEvent.objects.count() == 61


def test_an_event_that_comes_between_reading_and_marking_stays() -> None:
    permit = grant(call(), "Tea house")
    found = outbox.pending(KINDS, 10)
    count(call(), permit.id)
    outbox.mark_sent(found)
    assert [p.envelope["sequence"] for p in outbox.pending(KINDS, 10)] == [2]


def test_an_event_that_comes_between_taking_the_last_one_out_and_noting_that_stays() -> None:
    """The two steps of `mark_sent` seen from within: the record is changed after its last event left."""
    permit = grant(call(), "Tea house")
    found = outbox.pending(KINDS, 10)
    collection = Permit._get_collection()
    collection.update_one({"_id": permit.id}, {"$pull": {"outbox": {"id": found[0].envelope["id"]}}})
    count(call(), permit.id)
    outbox.mark_sent(found)
    assert [p.envelope["sequence"] for p in outbox.pending(KINDS, 10)] == [2]


def test_marking_twice_as_after_a_kill_changes_nothing_more() -> None:
    grant(call(), "Tea house")
    permit = grant(call(), "Inn")
    found = outbox.pending(KINDS, 10)
    outbox.mark_sent(found[:1])
    outbox.mark_sent(found)
    count(call(), permit.id)
    outbox.mark_sent(found)
    assert SentEvent.objects.count() == 2
    assert [p.envelope["sequence"] for p in outbox.pending(KINDS, 10)] == [2]


def test_the_backlogs_age_is_that_of_the_oldest_event_even_of_a_busy_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = clock.wall()
    permit = grant(call(), "Tea house")
    monkeypatch.setattr(clock, "wall", lambda: started + timedelta(seconds=60))
    count(call(), permit.id)
    open_journal(call())
    records, age = outbox.backlog(KINDS)
    assert records == 2
    assert 59 <= age <= 60


def test_the_longest_waiting_record_comes_first() -> None:
    busy = grant(call(), "Busy")
    grant(call(), "Other")
    count(call(), busy.id)
    [first] = outbox.pending([Permit], 1)
    assert first.subject == busy.id


def test_sent_events_are_kept_for_their_time_and_then_forgotten() -> None:
    for name in ("Old", "Young"):
        grant(call(), name)
    old, young = send_one_round()
    limit = clock.wall() - KEPT
    SentEvent.objects(id=old.envelope["id"]).update(sent_at=limit - timedelta(seconds=1))
    SentEvent.objects(id=young.envelope["id"]).update(sent_at=limit + timedelta(minutes=1))
    assert outbox.purge() == 1
    assert [sent.id for sent in SentEvent.objects] == [young.envelope["id"]]
    assert outbox.purge() == 0


def test_a_record_whose_sending_was_killed_half_way_waits_no_longer() -> None:
    """The event has left the outbox, the mark that something waits has not: the next look takes it away."""
    permit = grant(call(), "Tea house")
    Permit._get_collection().update_one({"_id": permit.id}, {"$set": {"outbox": []}})
    assert outbox.backlog(KINDS)[0] == 1
    assert outbox.pending(KINDS, 100) == []
    assert outbox.backlog(KINDS) == (0, 0.0)
