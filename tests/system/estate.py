"""A district that serves a street's records, and those who write them while they change hands."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pymongo
import requests

from shared.ids import new_id
from tests.harness import RunningNode, eventually
from tests.services.funding.world import World, good
from tests.services.registry.credit_codes import credit_code

COLLECTIONS = {
    "registry": ("organisations", "stations", "summaries"),
    "needs": ("needs", "library", "deliveries"),
    "funding": ("funds", "rounds", "applications", "projects"),
    "notifications": ("messages", "notices", "reminders"),
}
PARTS = {"needs": "source_claims", "funding": "ledger_entries"}
PASSING = (404, 408, 409, 502, 503)  # while something is being killed or is on its way
Owners = dict[str, tuple[str, ...]]


def team(district: RunningNode, area: str, name: str) -> str:
    """An active team, filed and decided at the district."""
    body = {"area": area, "name": name, "track": "filed", "established_on": "2018-05-04"}
    made: str = good(district.post("/api/registry/organisations", body))["id"]
    good(district.post(f"/api/registry/organisations/{made}/acceptance"))
    decision = {"approve": True, "reasons": "符合条件"}
    good(district.post(f"/api/registry/organisations/{made}/decision", decision))
    return made


def registered(district: RunningNode, area: str) -> str:
    """An active organisation of the other track, which is the district's wherever it sits."""
    body = {
        "area": area, "name": "春雨社工", "track": "registered", "type": "non_enterprise",
        "credit_code": credit_code(), "established_on": "2019-01-01",
    }  # fmt: skip
    made: str = good(district.post("/api/registry/organisations", body))["id"]
    good(district.post(f"/api/registry/organisations/{made}/acceptance"))
    decision = {"approve": True, "reasons": "符合条件"}
    good(district.post(f"/api/registry/organisations/{made}/decision", decision))
    return made


def need(node: RunningNode, area: str, title: str, **more: Any) -> requests.Response:
    body = {
        "area": area, "title": title, "description": title, "category": "care", "group": "elderly",
        "source": "visit", "urgency": "normal", "received_on": "2026-03-01",
        "contact": {"name": "王某", "phone": "13800138000"},
    }  # fmt: skip
    return node.post("/api/needs/needs", body, **more)


@dataclass
class Money:
    """A round of the street's own with a contracted project, and one that spends the district's money."""

    fund: str
    round: str
    project: str
    district_fund: str
    tied_round: str


def money(district: RunningNode, street: str, host: str) -> Money:
    """`host` is a registered organisation that is active as far as funding knows."""
    world = World(district)
    fund, above = (world.fund(area=area)["id"] for area in (street, district.area))
    own, tied = world.round(fund, area=street), world.round(above, area=street)
    application = world.screened(own, organisation=host)
    world.noticed(own)
    good(world.award(application))
    return Money(fund, own, world.contract(application)["id"], above, tied)


@dataclass
class Estate:
    """The stores of the nodes that may own the records, looked into from outside."""

    store: str
    prefix: str = "hatchery_"

    def __post_init__(self) -> None:
        self.client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(self.store, tz_aware=True)

    def collection(self, area: str, service: str, name: str) -> Any:
        return self.client[f"{self.prefix}{area}_{service}"][name]

    def owned(self, area: str, services: Any = COLLECTIONS) -> set[str]:
        """`<collection>/<id>` of everything that the node holds itself to own."""
        return {
            f"{name}/{document['_id']}"
            for service in services
            for name in COLLECTIONS[service]
            for document in self.collection(area, service, name).find({"owner": area}, {"_id": 1})
        }

    def parts(self, *areas: str) -> set[str]:
        return {
            f"{name}/{document['_id']}"
            for area in areas
            for service, name in PARTS.items()
            for document in self.collection(area, service, name).find({}, {"_id": 1})
        }

    def underway(self, area: str) -> int:
        return sum(
            self.collection(area, service, name).count_documents({"handing": {"$exists": True}})
            for service in COLLECTIONS
            for name in COLLECTIONS[service]
        )


class Watch(threading.Thread):
    """Looks again and again whether both nodes hold themselves to be a record's owner.

    The taker is asked first: what it owns when asked, the giver must have given by the time it is asked.
    """

    def __init__(self, estate: Estate, taker: str, giver: str, services: Any = COLLECTIONS) -> None:
        super().__init__(daemon=True)
        self.estate, self.taker, self.giver, self.services = estate, taker, giver, services
        self.double: set[str] = set()
        self.looks = 0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.05):
            taken = self.estate.owned(self.taker, self.services)
            self.double |= taken & self.estate.owned(self.giver, self.services)
            self.looks += 1

    def stop(self) -> None:
        self._over.set()
        self.join(30)


@dataclass
class Writer(threading.Thread):
    """Suspends and resumes one team for as long as it is let, each time with a key of its own, at whichever node;
    follows 421, and sends every other request once more to the other node after it was answered."""

    nodes: dict[str, RunningNode]  # by area
    organisation: str
    token: str
    chance: random.Random
    acted: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._over = threading.Event()

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        step = "suspension"
        while not self._over.is_set() or step == "resumption":  # the next writer finds the team active
            key = new_id()
            first = self._until_taken(step, key)
            if first is None:
                return
            self.acted += 1
            if self.chance.random() < 0.5:
                again = self._until_taken(step, key)
                if again is None:
                    return
            step = "resumption" if step == "suspension" else "suspension"

    def stop(self) -> None:
        self._over.set()
        self.join(120)

    def _until_taken(self, step: str, key: str) -> requests.Response | None:
        node = self.chance.choice(list(self.nodes.values()))
        end = time.monotonic() + 100
        while time.monotonic() < end:
            answer = self._once(node, step, key)
            if answer is not None and answer.ok:
                return answer
            if answer is not None and answer.status_code == 421:
                node = self.nodes[answer.json()["owner"]]
            elif answer is not None and answer.status_code not in PASSING:
                self.faults.append(f"{step} {key}: {answer.status_code} {answer.text}")
                return None
            time.sleep(0.02)
        self.faults.append(f"{step} {key}: not taken in time")
        return None

    def _once(self, node: RunningNode, step: str, key: str) -> requests.Response | None:
        try:
            answer = requests.post(
                f"{node.url}/api/registry/organisations/{self.organisation}/{step}",
                json={"reasons": "年检"},
                headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": key},
                timeout=30,
            )
        except requests.RequestException:
            self.answers[0] += 1
            return None
        self.answers[answer.status_code] += 1
        return answer


def no_letters(*nodes: RunningNode) -> None:
    """Nothing became a dead letter, or was parked, at any of the nodes."""
    found = {
        f"{node.area} {queue}": [headers.get("x-detail") for headers, _ in node.letters(queue)]
        for node in nodes
        for service in ("gateway", *node.services)
        for queue in (f"svc.{service}.dead", f"svc.{service}.parked")
        if node.depth(queue)
    }
    assert found == {}


def known_owner(node: RunningNode, organisation: str, owner: str) -> None:
    eventually(
        lambda: node.get(f"/api/registry/organisations/{organisation}").json().get("owner") == owner,
        what=f"{node.area} knows that {owner} owns it",
    )
