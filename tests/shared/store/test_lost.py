"""What a restore forgot: what others remember of it, what is gone, and what the owner lists as lost."""

from __future__ import annotations

from typing import Any

import pytest

from shared import clock
from shared.ids import new_id
from shared.store import connection, lost, memories, timeline
from shared.store.lost import GoneRecord, LostChange, Told
from shared.store.memories import Memory
from tests.shared.store.permits import DISTRICT, PERMIT, STREET, KnownPermit, Permit, call, grant, raw
from tests.shared.store.test_readmodel import KEEP, apply, event

pytestmark = pytest.mark.service

OF = "registry.permit"


@pytest.fixture(autouse=True)
def owned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lost.OWNED, OF, (PERMIT, Permit))
    timeline._epoch.cache_clear()
    memories._epochs.cache_clear()


def known(subject: str) -> KnownPermit | None:
    found: KnownPermit | None = KnownPermit.objects(id=subject).first()
    return found


def remembered() -> list[tuple[str, int, int]]:
    return [(one.record, one.epoch, one.sequence) for one in Memory.objects.order_by("epoch", "sequence")]


def test_what_gives_way_to_a_higher_epoch_is_remembered_for_its_owner() -> None:
    apply(KEEP, event(sequence=5))
    apply(KEEP, event(sequence=6))
    assert remembered() == []
    apply(KEEP, event("restored", epoch=70, sequence=3))
    assert remembered() == [("p1", 1, 6)]
    (memory,) = memories.untold(10)
    assert (memory.of, memory.owner, memory.state["name"]) == (OF, STREET, "Tea house")
    memories.told([memory])
    assert memories.untold(10) == []


def test_what_is_told_late_of_the_time_before_is_remembered_too() -> None:
    apply(KEEP, event("restored", epoch=70, sequence=3))
    assert apply(KEEP, event(sequence=9)) == "stale"
    assert remembered() == [("p1", 1, 9)]


def test_a_record_that_is_gone_is_dropped_and_does_not_come_back_by_what_is_told_late() -> None:
    apply(KEEP, event(sequence=5))
    assert apply(KEEP, event("lost", epoch=69, sequence=1, data={"id": "p1"})) == "applied"
    assert known("p1") is None
    assert apply(KEEP, event(sequence=6)) == "stale"
    assert known("p1") is None
    assert remembered() == [("p1", 1, 6)]


def test_a_record_that_is_made_again_comes_back() -> None:
    apply(KEEP, event("lost", epoch=69, sequence=1, data={"id": "p1"}))
    assert apply(KEEP, event(epoch=70, sequence=1)) == "applied"
    assert apply(KEEP, event("lost", epoch=69, sequence=1, data={"id": "p1"})) == "stale"
    assert (known("p1") or KnownPermit()).epoch == 70


def told(record: str, epoch: int, sequence: int) -> Told:
    return Told(OF, record, DISTRICT, (epoch, sequence), {"name": "Tea house"}, f"{STREET}/registry")


def restored(epoch: int = 70) -> None:
    timeline.begin(connection.database(), epoch, clock.wall())
    timeline.finish(connection.database())


def test_only_what_is_newer_than_the_backup_is_lost() -> None:
    mine = grant(call(), new_id())
    restored()
    Permit._get_collection().update_one({"_id": mine.id}, {"$set": {"epoch": 70, "restored_from": [1, 3]}})
    assert not lost.learn(call(), told(mine.id, 1, 3))
    assert not lost.learn(call(), told(mine.id, 70, 4))
    assert lost.learn(call(), told(mine.id, 1, 4))
    lost.learn(call(), told(mine.id, 1, 6))
    lost.learn(call(), told(mine.id, 1, 5))
    (one,) = lost.listed()
    assert (one.ours, one.theirs, one.gone) == ([1, 3], [1, 6], False)
    assert GoneRecord.objects.count() == 0


def test_a_record_that_the_backup_did_not_hold_is_said_to_be_gone_once() -> None:
    restored()
    for _ in range(2):
        assert lost.learn(call(), told("p9", 1, 2))
    (one,) = lost.listed()
    assert (one.ours, one.theirs, one.gone) == ([], [1, 2], True)
    (said,) = raw(GoneRecord, "p9")["outbox"]
    assert (said["type"], said["epoch"], said["data"]) == ("registry.permit.lost", 69, {"id": "p9"})


def test_what_was_made_again_is_not_listed() -> None:
    restored()
    lost.learn(call(), told("p9", 1, 2))
    values: dict[str, Any] = {"owner": DISTRICT, "area": DISTRICT, "name": "again", "epoch": 70}
    Permit._get_collection().insert_one(values | {"_id": "p9", "sequence": 2})
    assert list(lost.listed()) == []
    assert LostChange.objects.count() == 1


def test_without_a_restore_nobodys_memory_counts() -> None:
    assert not lost.learn(call(), told("p9", 1, 2))


def test_new_records_begin_in_the_epoch_of_the_restore() -> None:
    restored(70)
    made = grant(call(), new_id())
    stored = raw(Permit, made.id)
    assert stored["epoch"] == 70
    assert [one["epoch"] for one in stored["outbox"]] == [70]


def test_a_half_restored_database_is_told() -> None:
    timeline.begin(connection.database(), 70, clock.wall())
    with pytest.raises(timeline.NotWhole):
        timeline.check_whole()
    timeline.finish(connection.database())
    timeline.check_whole()
