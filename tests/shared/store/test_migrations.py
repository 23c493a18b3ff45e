"""Records in an older form are read in the newest, and brought to it in batches beside services that go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.call import Call
from shared.store import connection, find, migrations, save
from shared.store.aggregate import Aggregate, VersionConflict
from shared.store.migrations import Step
from tests.shared.store.permits import HERE, PERMIT, Permit

pytestmark = pytest.mark.service

CHANGED = PERMIT.event("changed", PERMIT.term)
STEPS = (
    Step("holder", lambda kind, stored: {"holder": f"holder of {stored.get('name')}"}),
    Step("notes", lambda kind, stored: {"notes": [stored.get("holder")]}),
)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """This version's permits have two steps behind them."""
    monkeypatch.setattr(Permit, "steps", STEPS)


def old(identifier: str, **more: Any) -> dict[str, Any]:
    """A permit as a version without steps stored it."""
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    return {
        "_id": identifier, "area": HERE.area, "owner": HERE.area, "name": identifier, "version": 1, "epoch": 1,
        "sequence": 1, "schema_version": 1, "created_at": moment, "updated_at": moment, "outbox": [], "inbox": [],
    } | more  # fmt: skip


def store(*records: dict[str, Any]) -> None:
    Permit._get_collection().insert_many(list(records))


def stored(identifier: str) -> dict[str, Any]:
    found: dict[str, Any] = Permit._get_collection().find_one({"_id": identifier})
    return found


def call() -> Call:
    return Call(node=HERE, service="registry")


def migrate(batch: int = 2) -> list[migrations.Progress]:
    return list(migrations.run(connection.database(), Permit, batch))


def test_an_older_record_is_read_in_the_newest_form_and_saved_in_it(steps: None):
    store(old("p1"))
    permit = find(Permit, "p1")
    assert permit is not None
    assert (permit.holder, list(permit.notes)) == ("holder of p1", ["holder of p1"])
    save(call(), permit, CHANGED)
    assert (stored("p1")["schema_version"], stored("p1")["holder"]) == (3, "holder of p1")


def test_a_step_that_looks_elsewhere_waits_for_the_run(monkeypatch: pytest.MonkeyPatch):
    """Reading stops before it, and saving does not claim it."""

    def named(kind: type[Aggregate], stored: Mapping[str, Any]) -> dict[str, Any]:
        return {"holder": kind.objects(area=stored["area"]).order_by("id").first().name}

    monkeypatch.setattr(Permit, "steps", (Step("holder", named, on_read=False), STEPS[1]))
    store(old("p1"), old("p2"))
    permit = find(Permit, "p2")
    assert permit is not None
    assert (permit.holder, list(permit.notes)) == (None, [])
    save(call(), permit, CHANGED)
    assert stored("p2")["schema_version"] == 1
    migrate()
    assert (stored("p2")["holder"], stored("p2")["notes"], stored("p2")["schema_version"]) == (
        "p1",
        ["p1"],
        3,
    )


def test_what_a_record_has_already_stays(steps: None):
    store(old("p1", holder="somebody"), old("p2", schema_version=2))
    migrate()
    assert stored("p1")["holder"] == "somebody"
    assert ("holder" in stored("p2"), stored("p2")["notes"]) == (False, [None]), (
        "only the steps that it lacks"
    )


def test_a_new_record_has_the_newest_form(steps: None):
    permit = Permit(id="p1", area=HERE.area, owner=HERE.area, name="p1")
    save(call(), permit, CHANGED)
    assert stored("p1")["schema_version"] == 3
    assert migrate() == []


def test_a_record_of_a_newer_version_stays_what_it_is(steps: None):
    store(old("p1", schema_version=7, colour="red"))
    assert migrate() == []
    permit = find(Permit, "p1")
    assert permit is not None
    save(call(), permit, CHANGED)
    assert (stored("p1")["schema_version"], stored("p1")["colour"]) == (7, "red")


def test_batches_tell_how_far_they_are_and_a_second_run_changes_nothing(steps: None):
    store(*(old(f"p{n}") for n in range(5)))
    assert [(one.changed, one.total) for one in migrate()] == [(2, 5), (4, 5), (5, 5)]
    before = list(Permit._get_collection().find())
    assert migrate() == []
    assert list(Permit._get_collection().find()) == before


@pytest.mark.parametrize("batches", [0, 1, 2])
def test_a_run_that_was_killed_goes_on_where_it_was(steps: None, batches: int):
    """A generator that is not asked on stops as dead as a killed process: between a batch and its note, too."""
    store(*(old(f"p{n}") for n in range(5)))
    running = migrations.run(connection.database(), Permit, 2)
    for _ in range(batches):
        next(running)
    running.close()
    # The last batch was written and its note was not.
    connection.database()[migrations.COLLECTION].update_many({}, {"$set": {"cursor": "p0", "changed": 1}})
    migrate()
    assert migrations.waiting(connection.database(), Permit) == 0
    assert [stored(f"p{n}")["version"] for n in range(5)] == [2] * 5, "each was changed once"


def test_what_the_version_before_writes_meanwhile_the_next_run_finds(steps: None):
    store(old("p5"))
    migrate()
    store(old("p1"))
    assert [(one.changed, one.total) for one in migrate()] == [(1, 1)]


def test_a_command_that_had_loaded_the_record_loads_it_again(steps: None, monkeypatch: pytest.MonkeyPatch):
    """This version would otherwise unset what it had not seen yet."""
    store(old("p1"))
    monkeypatch.setattr(Permit, "steps", ())
    permit = find(Permit, "p1")
    assert permit is not None
    monkeypatch.setattr(Permit, "steps", STEPS)
    migrate()
    with pytest.raises(VersionConflict):
        save(call(), permit, CHANGED)
    assert stored("p1")["holder"] == "holder of p1"


def test_a_record_that_changes_under_the_hand_is_taken_again(steps: None, monkeypatch: pytest.MonkeyPatch):
    store(old("p1"), old("p2"))
    update = migrations._update
    done: list[str] = []

    def overtaken(kind: type[Aggregate], one: dict[str, Any]) -> Any:
        if not done:
            done.append(one["_id"])
            Permit._get_collection().update_one(
                {"_id": one["_id"]}, {"$set": {"name": "new"}, "$inc": {"version": 1}}
            )
        return update(kind, one)

    monkeypatch.setattr(migrations, "_update", overtaken)
    assert [one.changed for one in migrate()] == [2]
    assert (stored("p1")["name"], stored("p1")["holder"], stored("p1")["version"]) == (
        "new",
        "holder of new",
        3,
    )


def test_a_copy_of_another_nodes_record_gets_the_fields_too(steps: None):
    copy = {"_id": "c1", "area": "230102001", "owner": "230102001", "name": "c1", "epoch": 1, "sequence": 4}
    store(copy)
    migrate()
    assert stored("c1") == copy | {"holder": "holder of c1", "notes": ["holder of c1"], "schema_version": 3}


def test_another_nodes_copy_is_read_with_all_fields(steps: None):
    store({"_id": "c1", "area": "230102001", "owner": replace(HERE, area="230102001").area, "name": "c1"})
    copy = find(Permit, "c1")
    assert copy is not None
    assert copy.holder == "holder of c1"
