"""The trail on a real store: one write with the change, then into the chain, each entry once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from deploy.embedded import Embedded
from shared import clock, runtime
from shared.audit import chain, sealing, values
from shared.audit.personal import DUTY, Personal
from shared.audit.trail import TRAIL, UNSEALED
from shared.call import Actor, Grant
from shared.errors import Text
from shared.permissions import Rule
from shared.store import connection as store
from shared.store import timeline
from shared.store.aggregate import command, load, save
from shared.store.connection import database
from tests.shared.store.permits import (
    DISTRICT,
    DOCUMENTS,
    HERE,
    PERMIT,
    STREET,
    Journal,
    Permit,
    call,
    change,
    count,
    enter,
    grant,
    open_journal,
)

pytestmark = pytest.mark.service

CLERK = Actor("clerk-7", (Grant("street_staff", STREET), Grant("expert", DISTRICT)))


@pytest.fixture
def stored(embedded: Embedded, request: pytest.FixtureRequest) -> Iterator[Any]:
    make: Callable[[], str] = request.getfixturevalue("database")
    store.connect(embedded.addresses.store_uri, make())
    runtime.configure(HERE, "registry", {})
    for document in (*DOCUMENTS, sealing.SealedEntry, values.PersonalValue):
        document.ensure_indexes()
    yield database()
    store.disconnect()


def entries() -> list[dict[str, Any]]:
    return list(database()["audit"].find().sort("_id"))


def seal() -> int:
    return sealing.seal((Permit, Journal), 200)


def test_an_entry_says_who_what_where_from_and_why(stored: Any) -> None:
    by: dict[str, Any] = {"actor": CLERK, "rule": Rule("registry", "grant", "record", {"street_staff": "x"})}
    granted = grant(call(**by, origin="203.0.113.9", operation="POST /permits"), "Tea house", STREET)
    change(call(**by), granted.id, count=3, holder="Wang")
    seal()
    first, second = entries()
    told = {
        name: first[name] for name in ("actor", "grants", "origin", "operation", "event", "record", "area")
    }
    assert told == {
        "actor": "clerk-7",
        "grants": [["street_staff", STREET]],
        "origin": "203.0.113.9",
        "operation": "POST /permits",
        "event": "registry.permit.granted",
        "record": granted.id,
        "area": STREET,
    }
    assert first["before"] == {}
    assert first["after"]["name"] == "Tea house"
    assert (second["before"], second["after"]) == ({"count": 0}, {"count": 3, "holder": "Wang"})
    assert second["operation"] == "change"  # no route called it
    assert chain.check(entries()).findings == []


def test_plain_records_are_told_with_the_aggregate_that_they_are_written_with(stored: Any) -> None:
    journal, permit = open_journal(call()), grant(call(), "Tea house")
    enter(call(), journal.id, permit.id, 5)
    seal()
    told = {one["kind"]: one for one in entries() if one["sequence"] == 2}
    assert "written_with" not in told["permits"]
    [line] = told["journals"]["written_with"]
    assert (line["kind"], line["after"]["amount"]) == ("journal_lines", 5)


def test_nothing_is_left_in_records_that_are_sealed(stored: Any) -> None:
    permit = grant(call(), "Tea house")
    waiting = stored["permits"].find_one({"_id": permit.id})
    assert len(waiting[TRAIL]) == 1
    assert waiting[UNSEALED]
    assert seal() == 1
    sealed = stored["permits"].find_one({"_id": permit.id})
    assert sealed[TRAIL] == []
    assert UNSEALED not in sealed
    assert sealed["version"] == waiting["version"]
    assert seal() == 0


@pytest.mark.parametrize("steps", ["appended", "half appended", "appended and written again"])
def test_a_sealer_that_is_killed_between_its_steps_neither_loses_nor_doubles(stored: Any, steps: str) -> None:
    permits = [grant(call(), f"Tea house {number}") for number in range(10)]
    found = sealing.waiting((Permit,), 200)
    sealing.append(found, 4 if steps == "half appended" else 200)  # and killed before `clear`
    if steps == "appended and written again":
        for permit in permits:
            count(call(), permit.id)
    seal()
    expected = 20 if steps == "appended and written again" else 10
    ids = [one["entry"] for one in entries()]
    assert len(ids) == len(set(ids)) == expected
    assert chain.check(entries()).findings == []
    assert stored["permits"].count_documents({UNSEALED: {"$exists": True}}) == 0


def test_a_second_sealer_that_stood_still_cannot_fork_the_chain(stored: Any) -> None:
    grant(call(), "Tea house")
    late = sealing.waiting((Permit,), 200)
    grant(call(), "Tea garden")
    seal()
    sealing.append(late, 200)  # what it had found is in the chain by now
    assert len(entries()) == 2
    assert chain.check(entries()).findings == []


def test_entries_of_a_record_keep_their_order_even_if_the_clock_was_set_back(stored: Any) -> None:
    permit = grant(call(), "Tea house")
    count(call(), permit.id)
    stored["permits"].update_one(
        {"_id": permit.id}, {"$set": {f"{TRAIL}.1.written_at": "2020-01-01T00:00:00.000Z"}}
    )
    seal()
    assert [one["sequence"] for one in entries()] == [1, 2]


def test_personal_values_stand_apart_and_erasing_them_leaves_the_chain_sound(
    stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = Personal(Text("to reach the holder", "联系持有人"), DUTY)
    monkeypatch.setattr(Permit, "personal", {"holder": about})
    erased = PERMIT.event("erased", Text("personal data erased", "删除个人信息"))

    @command
    def erase(call: Any, permit_id: str) -> Permit:
        permit = load(call, Permit, permit_id)
        permit.holder = None
        return save(call, permit, erased)

    permit = grant(call(), "Tea house", holder="Wang Er")
    change(call(), permit.id, holder="Wang San")
    seal()
    references = [one["after"]["holder"]["personal"] for one in entries()]
    assert values.values(references) == dict(zip(references, ["Wang Er", "Wang San"], strict=True))
    change(call(), permit.id, holder="Wang Si")  # not sealed yet when the erasure comes
    erase(call(), permit.id)
    seal()
    assert "Wang" not in str(entries())
    assert "Wang" not in str(list(stored["personal_values"].find()))
    assert "Wang" not in str(stored["permits"].find_one({"_id": permit.id}, {"outbox": 0}))  # see PermitState
    assert stored["personal_values"].count_documents({"erased_at": {"$ne": None}}) == 5
    assert chain.check(entries()).findings == []


def test_a_restored_chain_says_so_once(stored: Any) -> None:
    grant(call(), "Tea house")
    grant(call(), "Tea garden")
    seal()
    lost = entries()[1]
    told = chain.Anchor(lost["_id"], lost["hash"], lost["epoch"], "the parent", lost["written_at"])
    stored["audit"].delete_one({"_id": 2})  # the backup is from before
    timeline.begin(stored, 1_800_000_000, clock.wall())
    timeline.finish(stored)
    timeline._epoch.cache_clear()  # the service is started anew
    sealing._seen.clear()
    assert sealing.note_restore(DISTRICT, "registry")
    assert not sealing.note_restore(DISTRICT, "registry")
    grant(call(), "Tea shop")
    seal()
    assert [(one["event"], one["epoch"]) for one in entries()[1:]] == [
        ("audit.restored", 1_800_000_000),
        ("registry.permit.granted", 1_800_000_000),
    ]
    assert chain.check(entries()).findings == []
    [found] = chain.check(entries(), [told]).findings
    assert (found.kind, found.number) == ("lost in a restore", 2)
