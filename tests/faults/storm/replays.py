"""Breadth: the small scenario, again and again under other names, so that every service has commands and effects."""

from __future__ import annotations

import threading
from typing import Any

import requests

from deploy.replay import scenario, session
from deploy.replay.client import Client
from deploy.trouble import Trouble
from tests.faults.storm.history import Command, History, Outcome, traceparent
from tests.faults.storm.workload import Figures, passing
from tests.faults.storm.world import World
from tests.system.test_replay_small import SMALL

CLIENT = "replay"
# A community has one station: a second replay would be refused.
SCENARIO = "\n".join(line for line in SMALL.splitlines() if "stations" not in line)
WORKERS = 3
MOST = (
    4  # times that a replay is begun anew after a step was given up: what it waited for was longer on its way
)


class Noted(Client):
    """The replays' client, which writes down what it asks and is told, and waits for a node's clock to be right."""

    def attach(self, replay: str, names: dict[str, str], history: History, figures: Figures) -> None:
        self.replay, self.names, self.history, self.figures = replay, names, history, figures
        self.noted: set[str] = set()

    def _once(self, url: str, body: Any, headers: dict[str, str]) -> tuple[requests.Response | None, str]:
        key = headers["Idempotency-Key"]
        node = next((area for area, base in self.nodes.items() if url.startswith(base)), "")
        command = Command(
            key,
            CLIENT,
            node,
            url.partition("/api")[2],
            None,
            {"replay": self.replay, "step": self.names[key]},
        )
        if key not in self.noted:
            self.noted.add(key)
            self.history.asked(command)
        answer, fault = super()._once(url, body, headers | {"traceparent": traceparent(key)})
        if answer is None or passing(answer):
            self.figures.again(answer)
        if answer is not None and answer.status_code == 401:
            self.tokens.forget()
            return None, "401"
        if answer is not None and (answer.ok or not (passing(answer) or answer.status_code in (404, 421))):
            self._note(Outcome(command, answer.status_code), answer)
        return answer, fault

    def _note(self, outcome: Outcome, answer: requests.Response) -> None:
        if answer.ok:
            outcome.id = str(answer.json().get("id"))
        else:
            outcome.problem = answer.text[:500]
        self.history.answered(outcome)
        self.figures.note(outcome)


class Replays(threading.Thread):
    """A thread that replays, from number `first` on, until it is told to finish."""

    def __init__(self, world: World, figures: Figures, stopping: threading.Event, first: int) -> None:
        super().__init__(name=CLIENT, daemon=True)
        self.world, self.figures, self.stopping, self.number = world, figures, stopping, first
        self.history = History(world.home.path / "history", CLIENT)
        self.finish = threading.Event()
        self.faults: list[str] = []

    def run(self) -> None:
        while not self.finish.is_set() and not self.stopping.is_set():
            self.replay(self.number)
            if not self.stopping.is_set():
                self.number += 1

    def replay(self, number: int) -> None:
        """Given up after so many attempts: that is a fault."""
        for attempt in range(1, MOST + 1):
            try:
                self._replay(number)
                return
            except Trouble as trouble:
                if self.stopping.is_set():
                    return
                if attempt == MOST:
                    self.faults.append(f"replay {number}, after {MOST} attempts: {trouble}")

    def _replay(self, number: int) -> None:
        name = f"storm-{number}"
        file = self.world.home.path / f"{name}.yaml"
        file.write_text(SCENARIO.replace("scenario: small", f"scenario: {name}"), encoding="utf-8")
        made = session.prepare(self.world.home, scenario.load(file))
        plan = made.build.plan
        client = Noted(made.client.nodes, made.client.tokens)
        client.attach(name, {plan.key(step): step for step in plan.steps}, self.history, self.figures)
        client.stopping = Either(self.stopping)
        made.client = client
        made.replay(workers=WORKERS)


class Either(threading.Event):
    """Set by itself, as by a replay that fails, or with another: as when the storm stops."""

    def __init__(self, other: threading.Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        return super().is_set() or self._other.is_set()
