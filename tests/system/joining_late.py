"""A street joins after years: a district with everything, and what is counted before and after.

    python -m tests.system.joining_late --organisations 700 --needs 5000 --kills 10 --seed 1

Fills a district through its HTTP address, adds a street with services of its own, and counts what the street
knows once it runs. Meanwhile `--kills` services on both sides are killed with -9. Then the read models of the
district's evaluation are lost and rebuilt while it answers. Prints what was lost, doubled and repeated; exits
with 0 only when all of that is nothing. The tests do the same with a few records.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from deploy.embedded import Embedded
from shared.node import SERVICES
from tests.cable import Cable
from tests.harness import RunningNode, eventually, served
from tests.system.conftest import Tiers

DISTRICT, STREET = "990311", "990311001"  # of no code list
AT_STREET = ("registry", "needs", "notifications", "evaluation")


@dataclass
class Scene:
    tiers: Tiers
    organisations: int
    needs: int
    before: dict[str, int] = field(default_factory=dict)  # effects, before the street joined

    def count(self, area: str, service: str, collection: str, **where: Any) -> int:
        with MongoClient[dict[str, Any]](self.tiers.embedded.addresses.store_uri) as client:
            return int(client[f"hatchery_{area}_{service}"][collection].count_documents(where))

    def effects(self) -> dict[str, int]:
        """What must never be done again: messages, reminders, notices, entries of the ledger, summaries."""
        return {
            f"{service}.{collection} at {area}": self.count(area, service, collection, owner=area)
            for area in (DISTRICT, STREET)
            for service, collection in (
                ("notifications", "messages"),
                ("notifications", "reminders"),
                ("notifications", "notices"),
                ("registry", "summaries"),
            )
        } | {"ledger entries": self.count(DISTRICT, "funding", "ledger_entries")}

    def known(self, area: str) -> dict[str, int]:
        """What the area's services keep of the records that the district owns."""
        found = {"registry.organisations": self.count(area, "registry", "organisations", owner=DISTRICT)}
        found["registry.summaries"] = self.count(area, "registry", "summaries", owner=DISTRICT)
        found["needs.needs"] = self.count(area, "needs", "needs", owner=DISTRICT)
        for service in ("needs", "notifications", "evaluation"):
            found[f"{service}.known_organisations"] = self.count(area, service, "known_organisations")
        return found

    def expected(self) -> dict[str, int]:
        return {
            name: self.needs if name == "needs.needs" else self.organisations for name in self.known(STREET)
        }


def fill(scene: Scene) -> None:
    """Approved teams of the street's area, and needs, all owned by the district; a fund; all effects done."""
    district = scene.tiers[DISTRICT]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: _approved(district, n), range(scene.organisations)))
        list(pool.map(lambda n: _need(district, n), range(scene.needs)))
    fund = {
        "area": DISTRICT, "name": "社区公益资金", "source": "budget", "year": 2026, "budget_fen": 50_000_00,
    }  # fmt: skip
    _made(district.post("/api/funding/funds", fund, role="finance"))
    told = {"owner": DISTRICT}
    eventually(
        lambda: (
            scene.count(DISTRICT, "notifications", "messages", **told) >= scene.organisations
            and scene.count(DISTRICT, "registry", "summaries", **told) >= scene.organisations
        ),
        within=600,
        what="all effects of the past are done",
    )


def _approved(district: RunningNode, number: int) -> None:
    body = {"area": STREET, "name": f"第{number}队", "track": "filed", "established_on": "2018-05-04"}
    team = _made(district.post("/api/registry/organisations", body))["id"]
    _made(district.post(f"/api/registry/organisations/{team}/acceptance"))
    decision = {"approve": True, "reasons": "符合备案条件"}
    _made(district.post(f"/api/registry/organisations/{team}/decision", decision))


def _need(district: RunningNode, number: int) -> None:
    body = {
        "area": STREET, "title": f"第{number}项需求", "category": "elderly", "source": "visit",
        "received_on": "2026-03-02",
    }  # fmt: skip
    _made(district.post("/api/needs/needs", body))


def _made(answer: Any) -> dict[str, Any]:
    assert answer.ok, answer.text
    return dict(answer.json())


def join(scene: Scene) -> None:
    """The street's node is added and started; it asks by itself."""
    scene.tiers.add(STREET, ",".join(AT_STREET), DISTRICT)
    scene.tiers[STREET].start()


def caught_up(scene: Scene, area: str, within: float = 60) -> None:
    expected = scene.expected()
    eventually(lambda: scene.known(area) == expected, within=within, what=f"{area} knows {expected}")


def lose_read_models(scene: Scene) -> None:
    with MongoClient[dict[str, Any]](scene.tiers.embedded.addresses.store_uri) as client:
        client[f"hatchery_{DISTRICT}_evaluation"]["known_organisations"].delete_many({})


def district_with_everything(home: Path, embedded: Embedded) -> Tiers:
    (home / "embedded.yaml").write_bytes((embedded.home / "embedded.yaml").read_bytes())
    tiers = Tiers(home, embedded, Cable(("127.0.0.1", embedded.addresses.amqp_port)), {})
    tiers.add(DISTRICT, ",".join(SERVICES))
    tiers[DISTRICT].start()
    return tiers


def stop(tiers: Tiers) -> None:
    for node in reversed(tiers.nodes.values()):
        node.stop()
    tiers.cable.close()


def main() -> int:
    parser = argparse.ArgumentParser(description="A street joins after years.")
    parser.add_argument("--organisations", type=int, default=700)
    parser.add_argument("--needs", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Embedded(Path(folder) / "servers")) as embedded:
        (Path(folder) / "home").mkdir()
        return _run(given, Path(folder) / "home", embedded)


def _run(given: argparse.Namespace, home: Path, embedded: Embedded) -> int:
    tiers = district_with_everything(home, embedded)
    scene, chance = Scene(tiers, given.organisations, given.needs), random.Random(given.seed)
    try:
        _timed("filled", lambda: fill(scene))
        before = scene.effects()
        _timed("street added and started", lambda: join(scene))
        killer = threading.Thread(target=_kill, args=(scene, given.kills, chance))
        killer.start()
        _timed("street caught up", lambda: caught_up(scene, STREET, 1200))
        killer.join()
        asked = _timed("asked again, all answered", lambda: tiers.hatchery("node", "resync", STREET))
        lose_read_models(scene)
        rebuilt = ("node", "resync", DISTRICT, "evaluation")
        _timed("lost read model rebuilt", lambda: tiers.hatchery(*rebuilt))
        known = scene.count(DISTRICT, "evaluation", "known_organisations")
        after = scene.effects()
        _say(asked.stdout)
        _say(f"known at the street: {scene.known(STREET)}\nexpected:            {scene.expected()}")
        _say(f"rebuilt at the district: {known} of {given.organisations}")
        _say(f"effects before: {before}\neffects after:  {after}")
        right = scene.known(STREET) == scene.expected() and known == given.organisations and before == after
        _say("lost 0, doubled 0, effects repeated 0" if right else "NOT EQUAL")
        return 0 if right else 1
    finally:
        stop(tiers)


def _kill(scene: Scene, count: int, chance: random.Random) -> None:
    for number in range(count):
        time.sleep(chance.uniform(0.2, 2.0))
        area = chance.choice((DISTRICT, STREET))
        service = chance.choice(("gateway", "registry", "needs", "notifications", "evaluation"))
        scene.tiers[area].kill(service)
        _say(f"kill -9 {number + 1} of {count}: {service} of {area}")


def _timed(what: str, act: Callable[[], Any]) -> Any:
    started = time.monotonic()
    result = act()
    _say(f"{what}: {time.monotonic() - started:.1f} s")
    return result


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
