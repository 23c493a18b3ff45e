"""A street that was served by its district takes its records over, and gives them back, while they are written."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import Embedded
from shared.ids import new_id
from tests.cable import Cable
from tests.deploy.support import clear
from tests.harness import ROOT, RunningNode, eventually, stop_together
from tests.services.funding.world import World, good
from tests.system.conftest import Tiers, start_all
from tests.system.estate import (
    COLLECTIONS,
    Estate,
    Money,
    Watch,
    Writer,
    known_owner,
    money,
    need,
    no_letters,
    registered,
    team,
)

pytestmark = pytest.mark.system

DISTRICT, STREET, COMMUNITY = "990301", "990301001", "990301001001"
SERVICES = "registry,needs,funding,notifications"


@dataclass
class Scene:
    """What stood at the district before the street had services of its own."""

    tiers: Tiers
    estate: Estate
    teams: list[str]  # the first half of the street's area, the others of its community's
    needs: list[str]
    item: str
    money: Money
    owned: set[str]
    parts: set[str]
    late: str  # a key under which the district has acted, whose answer was lost
    keys: dict[str, Any] = field(default_factory=dict)

    @property
    def district(self) -> RunningNode:
        return self.tiers[DISTRICT]

    @property
    def street(self) -> RunningNode:
        return self.tiers[STREET]

    def handover(self, *more: str) -> subprocess.CompletedProcess[str]:
        return self.tiers.hatchery("node", "handover", STREET, *more, check=False)

    def writers(self, count: int) -> list[Writer]:
        token = self.street.token("street_staff")
        nodes = {DISTRICT: self.district, STREET: self.street}
        writers = [Writer(nodes, one, token, random.Random(one)) for one in self.teams[:count]]
        for writer in writers:
            writer.start()
        return writers

    def sequence(self, node: RunningNode, organisation: str) -> int:
        found = self.estate.collection(node.area, "registry", "organisations").find_one({"_id": organisation})
        return int(found["sequence"])


@pytest.fixture(scope="module")
def scene(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    home = tmp_path_factory.mktemp("handover")
    shutil.copy(embedded.home / "embedded.yaml", home / "embedded.yaml")
    cable = Cable(("127.0.0.1", embedded.addresses.amqp_port))
    tiers = Tiers(home, embedded, cable, {})
    try:
        tiers.add(DISTRICT, SERVICES)
        tiers.add(STREET, "none", DISTRICT)
        tiers.add(COMMUNITY, "registry", STREET)
        start_all(tiers)
        yield settle(tiers, Estate(embedded.addresses.store_uri))
    finally:
        stop_together(tiers.nodes.values())
        cable.close()
        clear(embedded.addresses, DISTRICT)


def settle(tiers: Tiers, estate: Estate) -> Scene:
    district = tiers[DISTRICT]
    teams = [team(district, area, f"队{n}") for area in (STREET, COMMUNITY) for n in range(3)]
    late = new_id()
    body = {"area": STREET, "name": "晚到队", "track": "filed", "established_on": "2018-05-04"}
    good(district.post("/api/registry/organisations", body, key=late))
    needs = [good(need(district, STREET, f"需求{n}"))["id"] for n in range(8)]
    library = {"area": STREET, "title": "助老", "category": "care", "sources": needs[:3]}
    item = good(district.post("/api/needs/library", library))["id"]
    host = registered(district, STREET)
    made = money(district, STREET, host)
    for one in teams:  # the copies below, and the messages of the approvals
        known_owner(tiers[COMMUNITY], one, DISTRICT) if one in teams[3:] else None
    messages = estate.collection(DISTRICT, "notifications", "messages")
    eventually(lambda: messages.count_documents({"recipient": {"$regex": "^organisation"}}) >= 7)
    eventually(lambda: district.metric("needs", "hatchery_outbox_pending") == 0)
    eventually(lambda: good(district.get(f"/api/needs/needs/{needs[0]}"))["item"] == item)
    assert estate.collection(DISTRICT, "registry", "answers").delete_many({"status": 201}).deleted_count
    return Scene(
        tiers, estate, teams, needs, item, made, estate.owned(DISTRICT), estate.parts(DISTRICT), late
    )


@pytest.fixture(scope="module")
def served(scene: Scene) -> Scene:
    """The street hosts the services now, and the district still has the records."""
    tiers = scene.tiers
    tiers[STREET].stop()
    done = tiers.hatchery("node", "add", STREET, "--services", SERVICES, check=False)
    assert f"hatchery node handover {STREET}" in done.stdout
    tiers.nodes[STREET] = tiers.described(STREET)
    tiers[STREET].start()
    return scene


def test_a_dry_run_counts_by_noun_and_moves_nothing(served: Scene) -> None:
    told = served.handover("--dry-run").stdout
    assert "would hand over 7 of registry.organisation from 990301 to 990301001" in told
    assert "would hand over 8 of needs.need" in told
    assert "would hand over 1 of funding.fund" in told
    assert "1 of funding.round stay at 990301" in told
    assert served.estate.owned(STREET) - {f"nodes/{STREET}"} == set()
    assert served.estate.owned(DISTRICT) >= served.owned


@pytest.mark.parametrize(
    ("role", "area", "status"),
    [(None, STREET, 401), ("street_staff", STREET, 403), ("node", DISTRICT, 403), ("node", "990302", 403)],
)
def test_nobody_but_the_streets_node_gets_records_and_those_of_the_street_only(
    served: Scene, role: str | None, area: str, status: int
) -> None:
    token = served.street.token(role or "")
    answer = served.district.session.post(
        f"{served.district.url}/api/needs/handover/releases",
        json={"area": area},
        headers={"Authorization": f"Bearer {token}"} if role else {},
        timeout=20,
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert served.estate.owned(DISTRICT) >= served.owned


def test_records_move_while_they_are_written_though_the_run_is_killed(served: Scene) -> None:
    estate = served.estate
    before = {one: served.sequence(served.district, one) for one in served.teams}
    watch, writers = Watch(estate, STREET, DISTRICT), served.writers(3)
    watch.start()
    killed_on_the_way(served.tiers.home, estate)
    done = served.handover()
    for writer in writers:
        writer.stop()
    watch.stop()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert [writer.faults for writer in writers] == [[], [], []]
    assert (watch.double, estate.underway(DISTRICT)) == (set(), 0)
    assert watch.looks > 3
    acted = {writer.organisation: writer.acted for writer in writers}
    assert min(acted.values()) > 0
    # Each write once, and the two events of the hand-over itself.
    after = {one: served.sequence(served.street, one) for one in served.teams}
    assert after == {one: before[one] + acted.get(one, 0) + 2 for one in served.teams}


def killed_on_the_way(home: Path, estate: Estate) -> None:
    """A run that ends by kill -9 as soon as the first records have arrived."""
    run = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "deploy.cli", "node", "handover", STREET],
        cwd=ROOT,
        env=os.environ | {"HATCHERY_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    eventually(lambda: estate.owned(STREET) or run.poll() is not None)
    run.kill()
    run.wait(20)


def test_every_record_has_one_owner_and_what_hangs_on_the_districts_money_stays(served: Scene) -> None:
    estate, made = served.estate, served.money
    at_street, at_district = estate.owned(STREET), estate.owned(DISTRICT)
    assert at_street & at_district == set()
    assert served.owned <= at_street | at_district, "nothing is lost"
    assert estate.parts(DISTRICT, STREET) == served.parts
    moved = {f"organisations/{one}" for one in served.teams} | {f"needs/{one}" for one in served.needs}
    moved |= {
        f"library/{served.item}",
        f"funds/{made.fund}",
        f"rounds/{made.round}",
        f"projects/{made.project}",
    }
    assert moved <= at_street
    assert {f"funds/{made.district_fund}", f"rounds/{made.tied_round}"} <= at_district
    assert not {each for each in at_street if each.startswith("summaries/")}
    messages = {each for each in served.owned if each.startswith("messages/")}
    assert messages <= at_street | at_district


def test_the_district_keeps_nothing_personal_of_what_it_gave(served: Scene) -> None:
    given = served.estate.collection(DISTRICT, "needs", "needs").find({"_id": {"$in": served.needs}})
    assert [(each["owner"], each.get("contact")) for each in given] == [(STREET, None)] * len(served.needs)
    whole = served.estate.collection(STREET, "needs", "needs").find_one({"_id": served.needs[0]})
    assert whole["contact"]["phone"] == "13800138000"


def test_a_ledger_still_balances_where_its_fund_went(served: Scene) -> None:
    world = World(served.street)
    budget, committed, paid = world.balance(served.money.fund)
    assert (budget, committed, paid) == (1_000_000, 100_000, 50_000)
    answer = served.district.post(f"/api/funding/projects/{served.money.project}/stop", {"reasons": "x"})
    assert (answer.status_code, answer.json()["owner"]) == (421, STREET)


def test_a_request_that_acted_at_the_district_does_not_act_again_at_the_street(served: Scene) -> None:
    """Its answer was lost, and the client goes to the new owner with the same key."""
    body = {"area": STREET, "name": "晚到队", "track": "filed", "established_on": "2018-05-04"}
    headers = {
        "Authorization": f"Bearer {served.district.token('district_staff')}",
        "Idempotency-Key": served.late,
    }
    answer = served.street.session.post(
        f"{served.street.url}/api/registry/organisations", json=body, headers=headers, timeout=20
    )
    assert answer.status_code == 201, answer.text
    named = {"name": "晚到队", "owner": STREET}
    organisations = served.estate.collection(STREET, "registry", "organisations")
    assert [found["_id"] for found in organisations.find(named)] == [answer.json()["id"]]


def test_a_third_node_ends_with_the_right_owner_and_nobody_has_dead_letters(served: Scene) -> None:
    for one in served.teams[3:]:
        known_owner(served.tiers[COMMUNITY], one, STREET)
    for one in served.teams:
        known_owner(served.district, one, STREET)
    no_letters(*served.tiers.nodes.values())


def test_the_street_gives_back_and_the_district_serves_again(served: Scene) -> None:
    estate = served.estate
    at_street = estate.owned(STREET)
    watch, writers = Watch(estate, DISTRICT, STREET), served.writers(2)
    watch.start()
    done = served.handover("--back")
    for writer in writers:
        writer.stop()
    watch.stop()
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert [writer.faults for writer in writers] == [[], []]
    assert watch.double == set()
    assert estate.owned(STREET, COLLECTIONS) == set()
    assert at_street | served.owned <= estate.owned(DISTRICT)
    assert estate.parts(DISTRICT, STREET) == served.parts
    World(served.district).balance(served.money.fund)
    known_owner(served.tiers[COMMUNITY], served.teams[3], DISTRICT)
    answer = need(served.street, STREET, "归区里", role="street_staff")
    assert (answer.status_code, answer.json()["owner"]) == (421, DISTRICT)
    no_letters(*served.tiers.nodes.values())
