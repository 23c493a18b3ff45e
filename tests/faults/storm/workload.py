"""Clients that repeat each request with its key until it is answered, and write down what they asked and were told.

A client plays one small story after the other. Everything about a story follows from its number, keys included: a
client that was stopped plays the story under way again from its first command, which changes nothing twice.
"""

from __future__ import annotations

import contextlib
import csv
import io
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import requests

from deploy.home import Home
from services.registry.domain.imports import COLUMNS
from shared import keys
from shared.call import Grant
from shared.http.files import CSV
from tests.faults.storm.history import Command, History, Outcome, read, traceparent
from tests.faults.storm.world import COMMUNITY, DISTRICT, HOSTED, STREET, World
from tests.harness import RunningNode

TIMEOUT = (3.0, 30.0)  # seconds to connect, and to the answer
ONCE_MORE = (0.2, 3.0)  # seconds before a request is repeated: the first time, and at most
TOKEN = 300.0  # seconds for which a client goes on with one token; it would live for three times as long
AMENDED = 12  # times that a fund's budget is changed
# Streets of the district without a node: the district itself serves them.
SERVED = ("150203003", "150203004", "150203005", DISTRICT)


class Stopped(Exception):
    """The storm ends before the command was answered: it is sent again when the storm goes on."""


class Refused(Exception):
    """A command that a sound platform accepts was refused; the checker counts it."""


@dataclass
class Figures:
    """What all clients have done, for the progress line."""

    accepted: int = 0
    refused: int = 0
    repeated: int = 0
    refusals: list[str] = field(default_factory=list)
    why: Counter[str] = field(default_factory=Counter)  # of repetitions
    lock: threading.Lock = field(default_factory=threading.Lock)

    def again(self, answer: requests.Response | None) -> None:
        """A request got no final answer."""
        why = "no answer"
        if answer is not None:
            with contextlib.suppress(ValueError):
                why = str(answer.json().get("type", "")).rpartition(":")[2]
            why = f"{answer.status_code} {why}"
        with self.lock:
            self.repeated += 1
            self.why[why] += 1

    def note(self, outcome: Outcome) -> None:
        with self.lock:
            if outcome.accepted:
                self.accepted += 1
            elif not outcome.command.expect.get("secret"):
                self.refused += 1
                self.refusals.append(f"{outcome.command.key}: {outcome.status} {outcome.problem}")


class Nodes(Protocol):
    """What a client has to know of the world: where the nodes are, and where it may write things down."""

    home: Home
    nodes: dict[str, RunningNode]


class Client:
    """One user. `send` is what stories are played with."""

    def __init__(
        self, world: Nodes, name: str, node: str, figures: Figures, stopping: threading.Event
    ) -> None:
        self.world, self.name, self.node = world, name, node
        self.figures, self.stopping = figures, stopping
        self.history = History(world.home.path / "history", name)
        self._session = requests.Session()
        self._session.trust_env = False
        self._tokens: dict[str, tuple[str, float]] = {}

    def send(
        self, key: str, path: str, body: Any = None, *, told: dict[str, int] | None = None,
        role: str = "district_staff", headers: Mapping[str, str] | None = None, data: bytes | None = None,
        **expect: Any,
    ) -> Outcome:  # fmt: skip
        """Raises Stopped, or Refused. `awaited`: the record that it is about may still be on its way."""
        command = Command(f"{self.name}/{key}", self.name, self.node, path, told, expect)
        self.history.asked(command)
        outcome = Outcome(command)
        url = self.world.nodes[self.node].url + path
        wait = ONCE_MORE[0]
        while not self._answered(outcome, url, role, body, data, headers or {}):
            outcome.repeats += 1
            if self.stopping.wait(wait * random.uniform(0.8, 1.2)):
                raise Stopped
            wait = min(wait * 1.6, ONCE_MORE[1])
        self.history.answered(outcome)
        self.figures.note(outcome)
        if not outcome.accepted and not expect.get("secret"):
            raise Refused(f"{command.key}: {outcome.status} {outcome.problem}")
        return outcome

    def get(self, path: str, role: str = "district_staff") -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.token(role)}"}
        try:
            url = self.world.nodes[self.node].url + path
            answer = self._session.get(url, headers=headers, timeout=TIMEOUT)
            return dict(answer.json()) if answer.ok else None
        except (requests.RequestException, ValueError):
            return None

    def token(self, role: str) -> str:
        made, until = self._tokens.get(role, ("", 0.0))
        if time.monotonic() > until:
            private = keys.load_private(self.world.nodes[self.node].folder / "keys")
            made = keys.issue(private, self.node, self.name, [Grant(role, self.node)], None)
            self._tokens[role] = made, time.monotonic() + TOKEN
        return made

    def _answered(
        self, outcome: Outcome, url: str, role: str, body: Any, data: bytes | None, more: Mapping[str, str]
    ) -> bool:
        key = outcome.command.key
        headers = {
            "Authorization": f"Bearer {self.token(role)}",
            "Idempotency-Key": key,
            "Accept-Language": "en",
            "traceparent": traceparent(key),
            **more,
        }
        try:
            answer = self._session.post(url, json=body, data=data, headers=headers, timeout=TIMEOUT)
        except requests.RequestException:
            self.figures.again(None)
            return False
        if passing(answer) or (answer.status_code == 404 and outcome.command.expect.get("awaited")):
            if answer.status_code == 401:
                self._tokens.clear()
            self.figures.again(answer)
            return False
        outcome.status = answer.status_code
        if answer.ok:
            outcome.id = answer.json().get("id")
        else:
            outcome.problem = answer.text[:500]
        return True


def passing(answer: requests.Response) -> bool:
    """Whether the same request may be answered otherwise later: a service is away, a node's clock is wrong."""
    return answer.status_code in (401, 429, 500, 502, 503, 504) or (
        answer.status_code == 409 and "Retry-After" in answer.headers
    )


Story = Callable[[Client, str, random.Random], None]


def need(client: Client, word: str, chance: random.Random) -> None:
    body = {
        "area": client.node, "title": f"助餐 {client.name} {word}", "description": "行动不便",
        "category": "elderly_care", "group": "elderly", "source": "visit", "urgency": chance.choice(("normal", "high")),
        "received_on": "2026-03-01",
    }  # fmt: skip
    client.send(f"{word}/1", "/api/needs/needs", body, told={"needs.need.collected": 1})


def team(client: Client, word: str, chance: random.Random) -> None:
    """A team is filed, accepted and approved; its approval is announced to all and told to the team."""
    area = chance.choice(SERVED) if client.node == DISTRICT else client.node
    body = {
        "area": area,
        "name": f"{client.name} {word}",
        "track": "filed",
        "established_on": "2016-01-01",
    }
    path = "/api/registry/organisations"
    made = client.send(f"{word}/1", path, body, told={"registry.organisation.applied": 1})
    client.send(f"{word}/2", f"{path}/{made.id}/acceptance", told={"registry.organisation.accepted": 1})
    approved = {
        "registry.organisation.approved": 1,
        "registry.summary.announced": 1,
        "notifications.message.sent": 1,
    }
    decision = {"approve": True, "reasons": "符合条件"}
    client.send(f"{word}/3", f"{path}/{made.id}/decision", decision, told=approved)


def fund(client: Client, word: str, chance: random.Random) -> None:
    """A fund's budget is changed again and again: each change is one entry of its ledger."""
    first, path = chance.randrange(1_000_000, 9_000_000), "/api/funding/funds"
    body = {
        "area": DISTRICT,
        "name": f"{client.name} {word}",
        "source": "budget",
        "year": 2026,
        "budget_fen": first,
    }
    opened = {"funding.fund.opened": 1}
    made = client.send(f"{word}/0", path, body, told=opened, role="finance", change_fen=first)
    for number in range(1, AMENDED + 1):
        change = chance.choice((-1, 1, 1)) * chance.randrange(1, 50_000)
        amendment = {"change_fen": change, "reasons": f"调整 {number}"}
        told = {"funding.fund.amended": 1}
        key, where = f"{word}/{number}", f"{path}/{made.id}/amendments"
        client.send(key, where, amendment, told=told, role="finance", change_fen=change, fund=made.id)


def stock(client: Client, word: str, chance: random.Random, rows: int) -> None:
    """Many organisations by one request; each row becomes a command of its own."""
    columns = ("area", "name", "track", "established_on")
    labels = {column.key: column.label.zh for column in COLUMNS}
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow([labels[key] for key in columns])
    for number in range(rows):
        area = chance.choice(SERVED) if client.node == DISTRICT else client.node
        lines.writerow([area, f"{client.name} {word} {number:04d}", "filed", "2019-05-04"])
    headers = {"Content-Type": CSV, "Content-Disposition": 'attachment; filename="stock.csv"'}
    told = {"registry.organisation.imported": rows, "registry.summary.announced": rows}
    made = client.send(
        f"{word}/1", "/api/registry/imports", told=told, headers=headers, data=text.getvalue().encode(),
        rows=rows,
    )  # fmt: skip
    while (client.get(f"/api/registry/imports/{made.id}") or {}).get("status") not in ("done", "failed"):
        if client.stopping.wait(1.0):
            raise Stopped


def machine(client: Client, word: str, chance: random.Random) -> None:
    """What scenarios have none of: an account, requests for state and of a person, heads of the audit's chains.

    An answer with a secret is not kept, so that this request is not repeatable: sent again it is refused."""
    body = {"area": client.node, "login": f"{client.name}-{word}", "display_name": "试验"}
    client.send(f"{word}/1", "/api/accounts/clients", body, role="administrator", secret=True)
    asked = {"service": "accounts"}  # which has little to tell again
    client.send(f"{word}/2", "/api/node/resyncs", asked, role="operator", told={"gateway.resync.asked": 1})
    person = {"phone": "13900001111"}
    wish = {"area": client.node, "kind": "access", "person": person, "identity": "身份证已核对"}
    told = {"gateway.data_request.received": 1}
    made = client.send(f"{word}/3", "/api/node/data-requests", wish, told=told)
    for service in HOSTED[client.node]:  # so that each has commands all the time
        path = f"/api/{service}/data-requests/{made.id}/execution"
        client.send(f"{word}/execution-{service}", path, {}, role="security_officer", awaited=True)
    for service in ("", *(f"/{name}" for name in HOSTED[client.node])):
        client.send(f"{word}/heads{service.replace('/', '-')}", f"/api{service}/audit/heads", role="operator")


def centre(client: Client, word: str, chance: random.Random) -> None:
    body = {"area": client.node, "name": f"{client.name} {word}", "capacity": 10}
    client.send(f"{word}/1", "/api/incubator/centres", body, told={"incubator.centre.opened": 1})


class Stories(threading.Thread):
    """A client's thread: stories of one kind, with a pause of so many seconds between two."""

    def __init__(self, client: Client, story: Story, pause: float, seed: int) -> None:
        super().__init__(name=client.name, daemon=True)
        self.client, self.story, self.pause, self.seed = client, story, pause, seed
        self.faults: list[str] = []
        self.finish = threading.Event()  # no further story: the one under way is played to its end

    def run(self) -> None:
        number = begun(self.client.world.home.path / "history", self.client.name)
        while not self.finish.is_set() and not self.client.stopping.is_set():
            try:
                self.story(self.client, f"{number:06d}", random.Random(f"{self.seed} {self.name} {number}"))
            except Stopped:
                return
            except Refused as refused:
                self.faults.append(str(refused))
            number += 1
            self.finish.wait(self.pause)


def begun(folder: Path, client: str) -> int:
    """The number of the story under way, or of the first one."""
    asked = [key for key in read(folder, client) if key.startswith(f"{client}/")]
    return max((int(key.split("/")[1]) for key in asked), default=0)


def clients(
    world: World, seed: int, pace: float, rows: int, figures: Figures, stopping: threading.Event
) -> list[Stories]:
    """The volume: so many clients at each tier. `pace` 1 is what two cores keep up with; 2 pauses half as long. Each
    import has so many `rows`."""

    def one(name: str, node: str, story: Story, pause: float) -> Stories:
        return Stories(Client(world, name, node, figures, stopping), story, pause / pace, seed)

    return [
        *(one(f"need-{area}", area, need, 0.5) for area in (DISTRICT, STREET, COMMUNITY)),
        *(one(f"team-{area}", area, team, 0.5) for area in (DISTRICT, STREET)),
        *(one(f"fund-{number}", DISTRICT, fund, 0.5) for number in range(2)),
        *(one(f"stock-{area}", area, partial(stock, rows=rows), 2.0) for area in (DISTRICT, STREET)),
        *(one(f"machine-{area}", area, machine, 4.0) for area in (DISTRICT, STREET)),
        one("centre", DISTRICT, centre, 4.0),
    ]
