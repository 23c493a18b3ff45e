"""A district and a street on their way from the version before to this one, while both are worked with.

The versions run side by side as processes of their own: the one before from its tree in the history, with the
dependencies of this environment. Clients at both nodes file teams, accept and approve them, without a pause, and
repeat what got no answer, as the platform asks of them. In the end everything is counted (`Count`).
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import requests
import yaml
from pymongo import MongoClient

from deploy import letters, migrate
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.places import own_place
from shared.events import topology
from shared.node import GATEWAY
from tests.compat import previous
from tests.deploy.support import clear
from tests.harness import ROOT, RunningNode, eventually, free_base_port

DISTRICT, STREET = "990417", "990417001"  # of no code list
SERVICES = {DISTRICT: ("registry", "notifications"), STREET: ("registry",)}
PAUSE = 0.1  # seconds between two teams of a client: the machine has other things to do as well
PATIENCE = 120.0  # seconds that a client repeats a request
AWAY = (502, 503, 504)  # a service is being replaced


@dataclass
class Clerk:
    """Works at one node until told to stop; `addresses` are where it may send a request, which is drawn each time."""

    node: RunningNode
    role: str
    addresses: list[str]
    teams: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def work(self) -> None:
        for number in itertools.count():
            if self.stopping.is_set():
                return
            try:
                self.teams.append(self._approved(f"{self.node.area}-{number}"))
            except Exception as fault:  # a thread's failure would otherwise be told to nobody
                self.faults.append(repr(fault))
                return
            time.sleep(PAUSE)

    def _approved(self, name: str) -> str:
        """Three commands, each repeated with its key until it is answered; the team's id."""
        area = self.node.area
        body = {"area": area, "name": name, "track": "filed", "established_on": "2016-01-01"}
        team: str = self._persistently("", f"{name}-1", body)["id"]
        self._persistently(f"/{team}/acceptance", f"{name}-2")
        decision = {"approve": True, "reasons": "符合条件"}
        assert self._persistently(f"/{team}/decision", f"{name}-3", decision)["status"] == "active"
        return team

    def _persistently(self, path: str, key: str, body: Any = None) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            headers = {"Authorization": f"Bearer {self.node.token(self.role)}", "Idempotency-Key": key}
            try:
                answer = requests.post(
                    f"{random.choice(self.addresses)}/api/registry/organisations{path}",
                    json=body,
                    headers=headers,
                    timeout=20,
                )
            except requests.RequestException:
                time.sleep(0.2)
                continue
            if answer.ok:
                return dict(answer.json())
            assert answer.status_code in AWAY, f"{key}: {answer.status_code} {answer.text}"
            time.sleep(0.2)
        raise AssertionError(f"{key}: no answer within {PATIENCE:g} s")


@dataclass
class Count:
    """What came of the commands that were answered with success, three for each team."""

    teams: int
    commands: int
    events: int  # sent, of these teams
    lost: int  # events that are missing, teams that the district or the street does not know as they are
    doubled: int  # events, summaries and messages beyond one
    dead: int
    refused: int
    parked: int
    waiting: int  # records with unsent events

    @property
    def right(self) -> bool:
        told = (self.lost, self.doubled, self.dead, self.refused, self.parked, self.waiting)
        return self.events == self.commands and not any(told)


@dataclass
class World:
    """Both nodes, the trees of both versions, and the clerks."""

    home: Path
    embedded: Embedded
    trees: dict[str, Path]
    nodes: dict[str, RunningNode] = field(default_factory=dict)
    clerks: dict[str, Clerk] = field(default_factory=dict)

    def hatchery(self, version: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A version's own command line, on the one home."""
        tree = self.trees[version]
        told = {"HATCHERY_HOME": str(self.home), "PYTHONPATH": str(tree), "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "deploy.cli", *arguments],
            cwd=tree,
            env=os.environ | told,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def add(self, area: str, *more: str) -> None:
        """As the version before did it."""
        services = ",".join(SERVICES[area])
        arguments = ["node", "add", area, "--services", services, "--port", str(free_base_port()), *more]
        done = self.hatchery(previous.VERSION, *arguments)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        folder = self.home / "nodes" / area
        told = yaml.safe_load((folder / "node.yaml").read_text(encoding="utf-8"))
        node = RunningNode(
            area, told["url"], told["port"], SERVICES[area], area, folder, self.embedded,
            tree=self.trees[previous.VERSION],
        )  # fmt: skip
        self.nodes[area] = node
        role = "district_staff" if area == DISTRICT else "street_staff"
        self.clerks[area] = Clerk(node, role, [node.url])

    @property
    def district(self) -> RunningNode:
        return self.nodes[DISTRICT]

    @property
    def street(self) -> RunningNode:
        return self.nodes[STREET]

    def start(self) -> None:
        for node in self.nodes.values():
            node.launch()
        for node in self.nodes.values():
            node.wait_ready()
        for node in self.nodes.values():
            eventually(partial(_knows, node, set(self.nodes)), what=f"{node.area} knows its nodes")
        for clerk in self.clerks.values():
            threading.Thread(target=clerk.work, daemon=True).start()

    def change(self, node: RunningNode, version: str) -> None:
        """Stop the node, and start it in another version on the same addresses."""
        node.stop()
        node.tree = self.trees[version]
        node.start()

    @contextmanager
    def beside(self, node: RunningNode, service: str, version: str) -> Iterator[RunningNode]:
        """A second process of one service, in another version: same queue, same database, another port. The node's
        clerk, who works with the registry, goes to either."""
        folder = node.folder / f"beside-{service}-{version}"
        folder.mkdir(exist_ok=True)
        port = free_base_port()
        told = yaml.safe_load((node.folder / "node.yaml").read_text(encoding="utf-8"))
        told |= {"port": port, "keys": str(node.folder / "keys")}
        (folder / "node.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
        second = replace(
            node, port=port, services=(service,), folder=folder, process=None, tree=self.trees[version]
        )
        second.launch(service)
        addresses = self.clerks[node.area].addresses
        try:
            eventually(lambda: second._ready(service), what=f"{service} of {version} ready; see {folder}/log")
            if service == "registry":
                addresses.append(second.service_url(service))
            yield second
        finally:
            if service == "registry":
                addresses[:] = [node.url]
            second.stop()

    def worked(self, teams: int = 2) -> None:
        """Let each clerk bring so many more teams through."""
        for clerk in self.clerks.values():
            aim = len(clerk.teams) + teams
            eventually(
                lambda clerk=clerk, aim=aim: clerk.faults or len(clerk.teams) >= aim,  # type: ignore[misc]
                within=PATIENCE,
                what=f"more teams of {clerk.node.area}",
            )
            assert clerk.faults == []

    def finish(self) -> None:
        for clerk in self.clerks.values():
            clerk.stopping.set()
        self.worked(0)

    def replay_parked(self, area: str) -> int:
        """As `hatchery letters replay AREA SERVICE --parked --all` does, for each service; how many."""
        address = own_place(Home(self.home), area).address
        return sum(
            letters.replay(address, topology.parked_queue(service), service, 100_000, (), lambda _: None)
            for service in (GATEWAY, *SERVICES[area])
        )

    def migrate(self, area: str) -> int:
        """As `hatchery migrate AREA` does; its exit code."""
        return migrate.migrate(
            Home(self.home), area, (), dry_run=False, batch=50, say=lambda _: None, watch=lambda *_: None
        )

    def database(self, area: str, service: str) -> Any:
        client = MongoClient[dict[str, Any]](self.embedded.addresses.store_uri)
        return client[f"hatchery_{area}_{service}"]

    def depth(self, queue: Callable[[str], str]) -> int:
        """Messages in a queue of each service of both nodes."""
        return sum(
            node.depth(queue(service))
            for node in self.nodes.values()
            for service in (GATEWAY, *node.services)
        )

    def settle(self, within: float = 60) -> Count:
        """The count, once it is right or does not change for the better any more."""
        seen: list[Count] = []

        def right() -> bool:
            seen.append(self.count())
            return seen[-1].right

        try:
            eventually(right, within=within)
        except AssertionError:
            return seen[-1]
        return seen[-1]

    def count(self) -> Count:
        teams = {area: [*clerk.teams] for area, clerk in self.clerks.items()}
        every = [team for of in teams.values() for team in of]
        events = {area: self._events(area, teams[area]) for area in teams}
        summaries = Counter(
            one["organisation"] for one in self._of(DISTRICT, "registry", "summaries", "organisation", every)
        )
        messages = Counter(
            one["about"] for one in self._of(DISTRICT, "notifications", "messages", "about", every)
        )
        # The district knows all teams as they are; the street its own, and of the district's the summaries.
        copies = Counter(
            one["_id"]
            for one in self._of(DISTRICT, "registry", "organisations", "_id", every)
            if (one["status"], one["sequence"]) == ("active", 3)
        )
        heard = Counter(
            one["organisation"] for one in self._of(STREET, "registry", "summaries", "organisation", every)
        )
        told = sum(sum(found.values()) for found in events.values())
        once = (summaries, messages, copies, heard)
        return Count(
            teams=len(every),
            commands=3 * len(every),
            events=told,
            lost=sum(
                3 - found[team] for area, found in events.items() for team in teams[area] if found[team] < 3
            )
            + sum(1 for found in once for team in every if not found[team]),
            doubled=sum(found[team] - 3 for found in events.values() for team in found if found[team] > 3)
            + sum(found[team] - 1 for found in once for team in every if found[team] > 1),
            dead=self.depth(topology.dead_queue),
            refused=sum(node.depth(topology.REFUSED) for node in self.nodes.values()),
            parked=self.depth(topology.parked_queue),
            waiting=sum(
                self.database(area, "registry")["organisations"].count_documents(
                    {"outbox.0": {"$exists": True}}
                )
                for area in teams
            ),
        )

    def _events(self, area: str, teams: list[str]) -> Counter[str]:
        sent = self._of(area, "registry", "sent_events", "subject", teams)
        return Counter(one["subject"] for one in sent)

    def _of(self, area: str, service: str, collection: str, field: str, values: list[str]) -> Iterator[Any]:
        yield from self.database(area, service)[collection].find({field: {"$in": values}})


def _knows(node: RunningNode, areas: set[str]) -> bool:
    return areas <= {known["id"] for known in node.get("/api/nodes", None).json()["items"]}


@contextmanager
def world(embedded: Embedded, folder: Path) -> Iterator[World]:
    """Both nodes in the version before, running, with clerks at work. Raises previous.NoHistory."""
    tree = previous.unpack(previous.COMMIT, folder / "tree")
    home = folder / "home"
    home.mkdir()
    shutil.copy(embedded.home / "embedded.yaml", home / "embedded.yaml")
    made = World(home, embedded, {previous.VERSION: tree, "today": ROOT})
    try:
        made.add(DISTRICT)
        made.add(STREET, "--parent", DISTRICT)
        made.start()
        yield made
    finally:
        for clerk in made.clerks.values():
            clerk.stopping.set()
        for node in reversed(made.nodes.values()):
            node.stop()
        clear(embedded.addresses, DISTRICT)
