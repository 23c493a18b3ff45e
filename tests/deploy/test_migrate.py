"""`hatchery migrate` on the databases of a node whose registry has gone one form further."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Embedded
from deploy.home import Home
from services.registry.documents import Station
from shared.store import migrations
from shared.store.migrations import Step
from tests.deploy.conftest import Run
from tests.harness import make_node

pytestmark = pytest.mark.service

AREA = "230102"


@pytest.fixture
def stations(embedded: Embedded, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The collection of a node's stations, of which three are in the first form."""
    vhost = f"test-{uuid.uuid4().hex[:12]}"
    make_node(embedded, home.folder(AREA), vhost, ["registry"], area=AREA)
    monkeypatch.setattr(Station, "steps", (Step("title", lambda kind, stored: {"title": stored["name"]}),))
    with MongoClient[dict[str, Any]](embedded.addresses.store_uri) as client:
        database = client[home.node(AREA).database("registry")]
        database["stations"].insert_many(
            [{"_id": f"s{n}", "name": f"station {n}", "version": 1, "schema_version": 1} for n in range(3)]
        )
        yield database["stations"]
        client.drop_database(database.name)


def test_a_dry_run_tells_what_is_waiting_and_changes_nothing(stations: Any, hatchery: Run):
    assert hatchery("migrate", AREA, "--dry-run")[:2] == (
        0,
        "would bring 3 records of registry stations to form 2\n",
    )
    assert stations.count_documents({"schema_version": 1}) == 3


def test_records_are_brought_to_the_newest_form_and_a_second_run_finds_nothing(stations: Any, hatchery: Run):
    assert hatchery("migrate", AREA, "--batch", "2")[:2] == (
        0,
        "registry stations: 3 records brought to form 2\n",
    )
    assert [(one["title"], one["schema_version"]) for one in stations.find()] == [
        (f"station {n}", 2) for n in range(3)
    ]
    assert hatchery("migrate", AREA)[:2] == (0, f"all records of node {AREA} have the form of this version\n")


def test_only_the_services_that_are_named(stations: Any, hatchery: Run):
    assert hatchery("migrate", AREA, "--service", "gateway").code == 0
    assert stations.count_documents({"schema_version": 1}) == 3


def test_a_service_that_the_node_does_not_host_is_refused(stations: Any, hatchery: Run):
    outcome = hatchery("migrate", AREA, "--service", "funding")
    assert (outcome.code, "hosts no funding" in outcome.err) == (2, True)


def test_what_an_older_version_writes_meanwhile_is_told_by_the_exit_code(
    stations: Any, hatchery: Run, monkeypatch: pytest.MonkeyPatch
):
    run = migrations.run

    def disturbed(*arguments: Any) -> Iterator[Any]:
        yield from run(*arguments)
        late = {"_id": "s9", "name": "late", "version": 1, "schema_version": 1}
        stations.replace_one({"_id": "s9"}, late, upsert=True)

    monkeypatch.setattr(migrations, "run", disturbed)
    outcome = hatchery("migrate", AREA)
    assert outcome.code == 1
    assert "1 records were written in an older form meanwhile" in outcome.out
    monkeypatch.setattr(migrations, "run", run)
    assert hatchery("migrate", AREA)[:2] == (0, "registry stations: 1 records brought to form 2\n")


def test_a_store_that_is_away_is_told_in_one_line(stations: Any, home: Home, hatchery: Run):
    home.write_node(AREA, home.raw(AREA) | {"store": "mongodb://127.0.0.1:1/"})
    outcome = hatchery("migrate", AREA)
    assert (outcome.code, "run this again" in outcome.err, outcome.err.count("\n")) == (3, True, 1)
