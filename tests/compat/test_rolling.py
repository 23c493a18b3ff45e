"""The version before and this one side by side, on one node and across a link, both ways, under load."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest
import requests

from deploy.embedded import Embedded
from services.needs.subjects.library import ITEM, NOTICED
from shared.events import topology
from shared.ids import new_id
from tests.bus import organisation_event, publish
from tests.compat import previous, rolling
from tests.compat.rolling import DISTRICT, STREET, Count, World
from tests.harness import RunningNode, eventually

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
        with (
            world.beside(world.district, "registry", "today") as second,
            world.beside(world.district, "notifications", "today") as board,
        ):
            told.versions = {"first": version(world.district.service_url("registry")),
                             "second": version(second.service_url("registry"))}  # fmt: skip
            for process, service in ((second, "registry"), (board, "notifications")):
                eventually(
                    partial(bound, process, service), what=f"{service} is bound to what this version handles"
                )
            topics = tell_until_parked(world)
            told.migrated.append(world.migrate(DISTRICT))
            world.worked()
            world.change(world.district, "today")
            world.worked()
        told.parked = world.depth(topology.parked_queue)
        told.replayed = world.replay_parked(DISTRICT)
        eventually(
            lambda: posted(world) == sorted(topics), what="each topic is on the district's board, once"
        )
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
    return answer.get("version")


def bound(process: RunningNode, service: str) -> bool:
    """Its consumer binds the queue when it connects."""
    return process.metric(service, 'hatchery_broker_connected{role="consumer"}') == 1


def tell_until_parked(world: World) -> list[str]:
    """A street tells of topics on public notice, which only this version knows: both processes of the district's
    notifications take from the queue that is bound to that, and sooner or later the older one gets such an event.
    The ids of the topics."""
    told: list[str] = []
    while not world.depth(topology.parked_queue):
        assert len(told) < 40, "the older process gets nothing"
        identifier = new_id()
        state = {"id": identifier, "area": STREET, "title": f"选题 {len(told)}", "category": "为老服务",
                 "status": "noticed", "notice_ends_at": "2026-04-01T10:00:00Z"}  # fmt: skip
        topic: dict[str, Any] = {
            "source": f"/{STREET}/needs",
            "type": NOTICED.type,
            "dataschema": ITEM.dataschema,
            "audience": "public",
        }
        publish(
            world.district,
            f"ingress.{STREET}",
            organisation_event(STREET, subject=identifier, data=state, **topic),
        )
        told.append(identifier)
        time.sleep(0.5)
    return told


def posted(world: World) -> list[str]:
    """The topics on the district's board."""
    notices = world.database(DISTRICT, "notifications")["notices"]
    return sorted(one["about"] for one in notices.find({"about_kind": "needs.library_item"}, {"about": 1}))


def test_both_versions_ran_side_by_side(story: Story) -> None:
    assert story.versions["first"] == previous.VERSION
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
