"""Commands: one write holds the change, what tells of it and what asked for it; the same cause acts once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import encode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared import clock
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from shared.store import AlreadyApplied, aggregate, command, load, new, save, save_all
from shared.store.aggregate import VersionConflict, subtree
from tests.shared.store.permits import (
    ADDED,
    COUNTED,
    GRANTED,
    HERE,
    STREET,
    Journal,
    JournalLine,
    Permit,
    call,
    change,
    count,
    enter,
    grant,
    open_journal,
    raw,
)

pytestmark = pytest.mark.service


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act` answered or raised in so many threads that start together."""
    start = threading.Barrier(number)

    def run(index: int) -> Any:
        start.wait()
        try:
            return act(index)
        except Exception as error:
            return error

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_one_document_holds_the_change_the_event_and_the_cause() -> None:
    asked = call(correlation="day-1", now=datetime(2026, 3, 1, tzinfo=UTC))
    permit = grant(asked, "Tea house", holder="Li")
    stored = raw(Permit, permit.id)
    assert (stored["version"], stored["sequence"], stored["inbox"]) == (1, 1, [asked.cause])
    assert (stored["owner"], stored["name"]) == (HERE.area, "Tea house")
    [event] = stored["outbox"]
    assert event["data"] == {"id": permit.id, "name": "Tea house", "holder": "Li", "count": 0}
    assert {name: event[name] for name in ("specversion", "type", "subject", "source", "time")} == {
        "specversion": "1.0",
        "type": "registry.permit.granted",
        "subject": permit.id,
        "source": "/230102/registry",
        "time": "2026-03-01T00:00:00.000Z",
    }
    assert (event["sequence"], event["epoch"], event["area"], event["audience"]) == (1, 1, "230102", "area")
    assert (event["causationid"], event["correlationid"]) == (asked.cause, "day-1")
    assert event["dataschema"] == "urn:hatchery:registry.permit:1"


def test_every_change_adds_its_event_and_its_cause_in_order() -> None:
    permit = grant(call(), "Tea house")
    asked = [call() for _ in range(3)]
    for one in asked:
        count(one, permit.id)
    stored = raw(Permit, permit.id)
    assert (stored["version"], stored["sequence"], stored["count"]) == (4, 4, 3)
    assert [event["sequence"] for event in stored["outbox"]] == [1, 2, 3, 4]
    assert [event["data"]["count"] for event in stored["outbox"]] == [0, 1, 2, 3]
    assert stored["inbox"][1:] == [one.cause for one in asked]
    assert len({event["id"] for event in stored["outbox"]}) == 4


def test_a_cause_that_comes_again_creates_nothing_and_answers_what_it_created() -> None:
    asked = call()
    first, again = grant(asked, "Tea house"), grant(asked, "Tea house")
    assert (first.id, again.version, Permit.objects.count()) == (again.id, 1, 1)
    assert len(raw(Permit, first.id)["outbox"]) == 1


def test_a_cause_that_comes_again_changes_nothing_even_after_others() -> None:
    permit = grant(call(), "Tea house")
    asked = call()
    count(asked, permit.id)
    count(call(), permit.id)
    assert count(asked, permit.id).count == 2
    stored = raw(Permit, permit.id)
    assert (stored["version"], stored["count"], len(stored["outbox"])) == (3, 2, 3)


def test_the_same_cause_at_the_same_time_creates_one_record() -> None:
    asked = call()
    answers = at_once(8, lambda _: grant(asked, "Tea house"))
    assert {answer.id for answer in answers} == {asked.new_id("Permit")}
    assert len(raw(Permit, answers[0].id)["outbox"]) == 1


def test_the_same_cause_at_the_same_time_changes_a_record_once() -> None:
    permit = grant(call(), "Tea house")
    asked = call()
    answers = at_once(8, lambda _: count(asked, permit.id))
    assert {answer.count for answer in answers} == {1}
    stored = raw(Permit, permit.id)
    assert (stored["count"], len(stored["outbox"]), stored["inbox"].count(asked.cause)) == (1, 2, 1)


def test_the_same_cause_at_the_same_time_changes_several_records_once() -> None:
    journal, permit = open_journal(call()), grant(call(), "Tea house")
    asked = call()
    answers = at_once(6, lambda _: enter(asked, journal.id, permit.id, 5))
    assert [answer.total for answer in answers] == [5] * 6
    assert (raw(Journal, journal.id)["total"], raw(Permit, permit.id)["count"]) == (5, 5)
    assert JournalLine.objects.count() == 1


def test_changes_of_others_meanwhile_are_taken_into_account() -> None:
    permit = grant(call(), "Tea house")
    answers = at_once(4, lambda _: [count(call(), permit.id) for _ in range(5)])
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    stored = raw(Permit, permit.id)
    assert (stored["count"], stored["version"], stored["sequence"]) == (20, 21, 21)
    assert [event["data"]["count"] for event in stored["outbox"]] == list(range(21))


def test_transactions_that_touch_the_same_records_are_all_applied() -> None:
    journal, permit = open_journal(call()), grant(call(), "Tea house")
    answers = at_once(3, lambda index: [enter(call(), journal.id, permit.id, index + 1) for _ in range(3)])
    busy = [answer for answer in answers if isinstance(answer, Exception)]
    assert not busy
    assert (raw(Journal, journal.id)["total"], raw(Permit, permit.id)["count"]) == (18, 18)
    assert sum(line.amount for line in JournalLine.objects) == 18


def test_a_command_meets_a_concurrent_change_and_runs_again_from_what_is_stored() -> None:
    permit = grant(call(), "Tea house")
    seen: list[int] = []

    @command
    def count_late(asked: Any, permit_id: str) -> Permit:
        loaded = load(asked, Permit, permit_id)
        seen.append(loaded.count)
        if len(seen) == 1:
            count(call(), permit_id, 10)
        loaded.count += 1
        return save(asked, loaded, COUNTED)

    assert count_late(call(), permit.id).count == 11
    assert seen == [0, 10]


def test_a_record_that_never_rests_is_answered_as_busy_with_when_to_come_again() -> None:
    permit = grant(call(), "Tea house")
    rounds = 0

    @command
    def too_slow(asked: Any, permit_id: str) -> Permit:
        nonlocal rounds
        rounds += 1
        loaded = load(asked, Permit, permit_id)
        count(call(), permit_id)
        return save(asked, loaded, COUNTED)

    with pytest.raises(Conflict) as caught:
        too_slow(call(), permit.id)
    assert (caught.value.code, caught.value.extra["retry_after"]) == ("busy-record", 1)
    assert rounds == aggregate.ATTEMPTS
    assert raw(Permit, permit.id)["count"] == rounds


@pytest.mark.parametrize("position", [0, 1, 2])
def test_several_records_are_written_all_or_none_wherever_it_fails(position: int) -> None:
    journal, permit = open_journal(call()), grant(call(), "Tea house")
    before = raw(Journal, journal.id), raw(Permit, permit.id)
    asked = call()
    stale, loaded = load(asked, Permit, permit.id), load(asked, Journal, journal.id)
    stale.version = 99  # as if others had saved it meanwhile
    loaded.total, stale.count = 7, 7
    changes: list[Any] = [
        (loaded, ADDED),
        JournalLine(id=new_id(), amount=7),
    ]
    changes.insert(position, (stale, COUNTED))
    with pytest.raises(VersionConflict):
        save_all(asked, *changes)
    assert (raw(Journal, journal.id), raw(Permit, permit.id)) == before
    assert JournalLine.objects.count() == 0


def test_a_record_that_breaks_a_unique_index_undoes_what_was_written_beside_it() -> None:
    journal, permit = open_journal(call()), grant(call(), "Tea house")
    enter(call(), journal.id, permit.id, 5, number=1)
    with pytest.raises(Conflict) as caught:
        enter(call(), journal.id, permit.id, 3, number=1)
    assert caught.value.code == "exists-already"
    assert (raw(Journal, journal.id)["total"], raw(Permit, permit.id)["count"]) == (5, 5)
    assert JournalLine.objects.count() == 1


def test_a_command_may_tell_two_things_of_one_record() -> None:
    permit = grant(call(), "Tea house")
    asked = call()
    loaded = load(asked, Permit, permit.id)
    loaded.count = 1
    save_all(asked, (loaded, COUNTED), (loaded, GRANTED))
    stored = raw(Permit, permit.id)
    assert [event["sequence"] for event in stored["outbox"]] == [1, 2, 3]
    assert len({event["id"] for event in stored["outbox"]}) == 3


@pytest.mark.parametrize("taken", [{"name": "Tea house"}, {"name": "Inn", "office_id": "7"}])
def test_what_exists_already_is_answered_as_a_conflict(taken: dict[str, Any]) -> None:
    grant(call(), "Tea house", office_id="7")
    with pytest.raises(Conflict) as caught:
        grant(call(), **taken)
    assert caught.value.code == "exists-already"
    assert Permit.objects.count() == 1


@pytest.mark.parametrize("taken", [{"name": "Tea house"}, {"office_id": "7"}])
def test_a_change_into_what_exists_already_is_answered_as_a_conflict(taken: dict[str, Any]) -> None:
    grant(call(), "Tea house", office_id="7")
    inn = grant(call(), "Inn")
    before = raw(Permit, inn.id)
    with pytest.raises(Conflict) as caught:
        change(call(), inn.id, **taken)
    assert caught.value.code == "exists-already"
    assert raw(Permit, inn.id) == before


def test_what_a_change_empties_is_gone_from_the_store() -> None:
    permit = grant(call(), "Tea house", holder="Li", notes=["a"])
    change(call(), permit.id, holder=None, notes=[])
    stored = raw(Permit, permit.id)
    assert "holder" not in stored
    assert not stored["notes"]
    assert load(call(), Permit, permit.id).holder is None


def test_what_a_newer_version_keeps_in_a_record_is_left_alone() -> None:
    permit = grant(call(), "Tea house")
    Permit._get_collection().update_one(
        {"_id": permit.id}, {"$set": {"motto": "steady", "schema_version": 2}}
    )
    count(call(), permit.id)
    stored = raw(Permit, permit.id)
    assert (stored["motto"], stored["schema_version"], stored["count"]) == ("steady", 2, 1)


def test_an_invalid_record_is_not_written() -> None:
    with pytest.raises(Exception, match="name"):
        grant(call(), None)  # type: ignore[arg-type]
    assert Permit.objects.count() == 0


def test_a_record_remembers_a_bounded_number_of_causes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aggregate, "INBOX_LIMIT", 5)
    permit = grant(call(), "Tea house")
    asked = [call() for _ in range(7)]
    for one in asked:
        count(one, permit.id)
    assert raw(Permit, permit.id)["inbox"] == [one.cause for one in asked[-5:]]


def test_a_record_of_the_cause_guards_it_when_the_aggregate_has_forgotten_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(aggregate, "INBOX_LIMIT", 1)
    journal, permit = open_journal(call()), grant(call(), "Tea house")
    asked = call()
    enter(asked, journal.id, permit.id, 5)
    enter(call(), journal.id, permit.id, 1)
    with pytest.raises(Conflict):
        enter(asked, journal.id, permit.id, 5)
    assert (raw(Journal, journal.id)["total"], raw(Permit, permit.id)["count"]) == (6, 6)


def test_two_thousand_causes_and_their_events_stay_far_below_a_documents_limit() -> None:
    event = GRANTED.tell(call(), new(call(), Permit, area=STREET, at=HERE.area, name="x" * 100))
    inbox = [f"{new_id()}:{'n' * 40}" for _ in range(aggregate.INBOX_LIMIT)]
    assert len(encode({"inbox": inbox, "outbox": [event] * 1000})) < 4 * 1024**2


def test_several_records_of_one_cause_are_told_apart_by_label() -> None:
    asked = call()
    one = new(asked, Permit, area=HERE.area, label="one", name="One")
    other = new(asked, Permit, area=HERE.area, label="other", name="Other")
    save_all(asked, (one, GRANTED), (other, GRANTED))
    assert Permit.objects.count() == 2
    with pytest.raises(AlreadyApplied):
        new(asked, Permit, area=HERE.area, label="one", name="One")


def test_a_record_that_is_not_here_is_not_found() -> None:
    with pytest.raises(NotFound):
        count(call(), new_id())


def test_times_come_back_aware_and_to_the_millisecond() -> None:
    moment = clock.parse("2026-03-01T01:30:00.123Z")
    permit = grant(call(now=moment), "Tea house")
    found = Permit.objects.get(id=permit.id)
    assert found.created_at == found.updated_at == moment
    later = clock.parse("2026-03-02T00:00:00.001Z")
    count(call(now=later), permit.id)
    found.reload()
    assert (found.created_at, found.updated_at) == (moment, later)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_however_often_causes_are_repeated_each_acts_once(causes: list[int]) -> None:
    permit = grant(call(), new_id())
    asked = [call() for _ in range(6)]
    for number in causes:
        count(asked[number], permit.id, by=10**number)
    assert raw(Permit, permit.id)["count"] == sum(10**number for number in set(causes))


def test_the_filter_on_an_area_finds_it_and_what_lies_below_and_nothing_else() -> None:
    for area in ("230102", "230102001", "230102001001", "230102002", "230103", "230102010"):
        permit = Permit(id=new_id(), area=area, owner=HERE.area, name=area)
        Permit._get_collection().insert_one(permit.to_mongo().to_dict())
    assert {p.area for p in Permit.objects(**subtree("230102001"))} == {"230102001", "230102001001"}
    assert Permit.objects(**subtree("230102")).count() == 5
    with pytest.raises(ValueError, match="division code"):
        subtree("2301")
