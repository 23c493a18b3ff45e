"""`hatchery directory` on the database of a node's registry."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.embedded import Embedded
from deploy.home import Home
from shared.ids import new_id
from tests.deploy.conftest import Run
from tests.harness import make_node

pytestmark = pytest.mark.service

AREA = "230102"


@pytest.fixture
def database(embedded: Embedded, home: Home) -> Iterator[Any]:
    """A registry with two organisations and no directory yet."""
    vhost = f"test-{uuid.uuid4().hex[:12]}"
    make_node(embedded, home.folder(AREA), vhost, ["registry"], area=AREA)
    with MongoClient[dict[str, Any]](embedded.addresses.store_uri) as client:
        found = client[home.node(AREA).database("registry")]
        found["organisations"].insert_many(
            {
                "_id": new_id(), "area": AREA, "owner": AREA, "epoch": 1, "sequence": 1, "name": name,
                "track": "filed", "status": "active", "established_on": datetime(2020, 1, 1, tzinfo=UTC),
            }
            for name in ("一队", "二队")
        )  # fmt: skip
        yield found


def test_what_is_missing_is_told_by_a_dry_run_and_put_right_by_the_other(database: Any, hatchery: Run):
    told = hatchery("directory", AREA, "--dry-run")
    assert (told.code, told.out) == (1, f"2 entries and 0 counts of the directory of node {AREA} differ\n")
    assert database["directory_entries"].count_documents({}) == 0
    assert hatchery("directory", AREA).code == 0
    assert database["directory_entries"].count_documents({}) == 2
    told = hatchery("directory", AREA, "--dry-run")
    assert (told.code, told.out) == (0, f"the directory of node {AREA} is as its records say\n")


def test_a_store_that_is_away_is_told_in_one_line(database: Any, home: Home, hatchery: Run):
    home.write_node(AREA, home.raw(AREA) | {"store": "mongodb://127.0.0.1:1/"})
    outcome = hatchery("directory", AREA)
    assert (outcome.code, "run this again" in outcome.err, outcome.err.count("\n")) == (3, True, 1)


def test_a_node_without_a_registry_is_refused(database: Any, home: Home, hatchery: Run):
    home.write_node(AREA, home.raw(AREA) | {"services": ["needs"]})
    outcome = hatchery("directory", AREA)
    assert (outcome.code, "hosts no registry" in outcome.err) == (2, True)
