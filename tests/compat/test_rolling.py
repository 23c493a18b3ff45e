"""The version before and this one side by side, on one node and across a link, both ways, under load."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
import requests

from deploy.embedded import Embedded
from shared.events import topology
from tests.compat import previous, rolling
from tests.compat.rolling import DISTRICT, Count, World
from tests.harness import eventually

pytestmark = pytest.mark.system


@dataclass
class Story:
    """What was seen on the way."""

    versions: dict[str, str | None] = field(default_factory=dict)
    parked: int = 0
    replayed: int = 0
    migrated: list[int] = field(default_factory=list)
    unseated: int | None = None
    count: Count | None = None


@pytest.fixture(scope="module")
def story(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The street first, then the district with both versions of its registry beside each other, then the street
    back to the version before."""
    told = Story()
    with rolling.world(embedded, tmp_path_factory.mktemp("rolling")) as world:
        world.worked()
        world.change(world.street, "today")
        world.worked()
        with world.beside(world.district, "registry", "today") as second:
            told.versions = {"first": version(world.district.service_url("registry")),
                             "second": version(second.service_url("registry"))}  # fmt: skip
            asked = ask_until_parked(world)
            told.migrated.append(world.migrate(DISTRICT))
            world.worked()
            world.change(world.district, "today")
            world.worked()
        told.parked = world.depth(topology.parked_queue)
        told.replayed = world.replay_parked(DISTRICT)
        eventually(lambda: answered(world, asked), what="the answers of the district's services")
        world.change(world.street, previous.VERSION)
        world.worked()
        world.finish()
        told.migrated.append(world.migrate(DISTRICT))
        organisations = world.database(DISTRICT, "registry")["organisations"]
        told.unseated = organisations.count_documents({"seat": None})
        told.count = world.settle()
    return told


def version(address: str) -> str | None:
    answer: dict[str, str] = requests.get(f"{address}/livez", timeout=5).json()
    return answer.get("version")  # 0.1.0 did not tell it


def ask_until_parked(world: World) -> list[str]:
    """The street asks for state, which only this version understands: both processes of the district's registry are
    bound to it, and sooner or later the older one gets such a request. All requests."""
    asked: list[str] = []
    while not world.depth(topology.parked_queue):
        assert len(asked) < 40, "the older process gets nothing"
        answer = world.street.post("/api/node/resyncs", {"service": "registry"}, role="operator")
        assert answer.ok, answer.text
        asked.append(answer.json()["id"])
        time.sleep(0.5)
    return asked


def answered(world: World, requests: list[str]) -> bool:
    """By all services of the district: what is still on its way to a node that goes back to the version before would
    be a dead letter there."""
    wanted = {(DISTRICT, service) for service in ("gateway", *rolling.SERVICES[DISTRICT])}
    return all(wanted <= set(answers(world, request)) for request in requests)


def answers(world: World, request: str) -> list[tuple[str, str]]:
    told = world.street.get(f"/api/registry/resyncs/{request}", role="operator").json()["answers"]
    return [(one["node"], one["service"]) for one in told]


def test_both_versions_ran_side_by_side(story: Story) -> None:
    assert story.versions["first"] is None
    assert story.versions["second"] not in (None, previous.VERSION)


def test_nothing_is_lost_and_nothing_doubled(story: Story) -> None:
    count = story.count
    assert count is not None
    assert count.right, count
    assert count.teams >= 2 * 2 * 5, "the clerks worked in every phase"


def test_what_the_version_before_parked_is_replayed_after_the_upgrade(story: Story) -> None:
    assert story.replayed == story.parked > 0


def test_records_are_migrated_beside_both_versions(story: Story) -> None:
    """The first time, the older version may have written some meanwhile; in the end none are left."""
    assert story.migrated[0] in (0, 1)
    assert story.migrated[1] == story.unseated == 0
