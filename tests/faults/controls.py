"""Negative controls: with one guard of the event path broken, the checker finds the damage; with none it finds none.

    python -m tests.faults.controls [--only no-inbox --only ack-first]

Starts a broker and a store, and for each switch of `crashing.switches`, and for none, a street below a district in the
test build. Clients at the street give commands under the same faults each time: services are killed at chosen places,
all connections are cut while messages are unacknowledged, and the broker is frozen and then killed while it has what
it has not confirmed. Then the checker judges. Prints a table; ends with 1 where a switch goes unfound, or where damage
is found without one.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml
from pymongo import MongoClient

from deploy import nodes
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.wish import Wish
from tests.faults import checker
from tests.faults.checker import Verdict
from tests.faults.crashing import LAUNCHER, switches
from tests.faults.crashing.labels import Crashes
from tests.faults.storm import history
from tests.faults.storm.workload import Client, Figures, Refused, Story, need, team
from tests.harness import RunningNode, eventually, free_base_port, served, stop_together

# What each switch does to what is sent; one of these counts has to be found.
EXPECTED: Mapping[str, str] = {
    "no-confirms": "lost",
    "no-inbox": "doubled",
    "no-outbox": "lost",
    "ack-first": "lost",
}
SERVICES = ("registry", "needs", "notifications")
# Where a service of the upper or the lower node dies, and under which commands it comes there: the answer is lost; what
# was received is not applied; an effect has no answer; an effect is not acknowledged.
DEATHS: Sequence[tuple[int, str, Story]] = (
    (-1, "needs.command-after-commit", need),
    (0, "needs.consumer-before-read-models", need),
    (0, "registry.effect-after-commit", team),
    (-1, "notifications.consumer-before-ack", team),
)
STORIES = 12  # of each kind, for each fault
FROZEN = 10.0  # seconds for which a broker that stands still is given events
SETTLE = 90.0  # seconds until the stores agree
STEADY = 15.0  # seconds for which damage has to stay as it is: what only waits for a link comes within five


@dataclass
class Line:
    """Nodes one below the other, the highest first."""

    home: Home
    nodes: dict[str, RunningNode]
    crashes: list[Crashes]

    @property
    def hosted(self) -> dict[str, Sequence[str]]:
        return {area: node.services for area, node in self.nodes.items()}


@contextmanager
def line(
    folder: Path,
    embedded: Embedded,
    areas: Sequence[str],
    switch: str | None,
    services: Sequence[str] = SERVICES,
) -> Iterator[Line]:
    """The nodes run in the test build, with a guard broken or none."""
    folder.mkdir()
    home = Home(folder)
    (folder / "embedded.yaml").write_bytes((embedded.home / "embedded.yaml").read_bytes())
    made = Line(home, {}, [])
    try:
        for area, parent in zip(areas, (None, *areas), strict=False):
            wish = Wish(area, parent, tuple(services), clock="request", port=free_base_port())
            assert nodes.add(home, wish, dry_run=False, say=lambda _: None) == 0
            told = yaml.safe_load(home.description(area).read_text(encoding="utf-8"))
            node = made.nodes[area] = RunningNode(
                area,
                told["url"],
                told["port"],
                services,
                area,
                home.folder(area),
                embedded,
                launcher=LAUNCHER,
            )
            made.crashes.append(Crashes(folder / "crashes" / area, hurried=True))
            with environment(made.crashes[-1].environment | ({switches.VARIABLE: switch} if switch else {})):
                node.launch()
        for node in made.nodes.values():
            node.wait_ready()
        yield made
    finally:
        stop_together(made.nodes.values())


@contextmanager
def environment(more: Mapping[str, str]) -> Iterator[None]:
    """What launchers that are started within the block are given."""
    os.environ.update(more)
    try:
        yield
    finally:
        for name in more:
            del os.environ[name]


class Trial:
    """What is done to nodes, and what comes of it."""

    def __init__(self, nodes: Line, embedded: Embedded) -> None:
        self.nodes, self.embedded = nodes, embedded
        self.lowest = list(nodes.nodes.values())[-1]
        self.figures, self.parts = Figures(), 0

    def die(self, node: int, place: str, story: Story) -> None:
        """A service of a node, by its number in the line, dies at a place while clients give commands."""
        crashes = self.nodes.crashes[node]
        crashes.arm(place)
        self.play(story)
        eventually(lambda: place in crashes.reached(), what=f"death at {place}")
        crashes.disarm()

    def cut(self) -> None:
        """All connections of services are closed by the broker, again and again, while clients give commands."""
        with ThreadPoolExecutor(1) as pool:
            playing = pool.submit(self.play, need, team)
            while not playing.done():
                self._close_connections()
                time.sleep(0.5)
            playing.result()

    def freeze(self) -> None:
        """The broker stands still, is given events, and is killed. Its supervisor starts it again."""
        pid = self.embedded.broker.pid
        assert pid
        self.play(need, team)  # relays connect when they have something to send
        eventually(lambda: not self._unsent(), what="relays that are connected")
        os.kill(pid, signal.SIGSTOP)
        self.play(need, team)
        with suppress(AssertionError):
            eventually(lambda: not self._unsent(), within=FROZEN)
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: self.embedded.broker.pid not in (None, pid) and self.embedded.broker.ready())

    def play(self, *stories: Story) -> None:
        """Stories of one client for each kind at the lowest node, to their ends."""
        self.parts += 1

        def one(story: Story) -> None:
            name = f"{story.__name__}-{self.parts}"
            client = Client(self.nodes, name, self.lowest.area, self.figures, threading.Event())
            for number in range(STORIES):
                with suppress(Refused):  # the checker counts it
                    story(client, f"{number:03d}", random.Random(number))

        with ThreadPoolExecutor(len(stories)) as pool:
            list(pool.map(one, stories))

    def verdict(self, enough: Callable[[Verdict], bool] = lambda verdict: verdict.right) -> Verdict:
        """As soon as it is enough, or as it stays."""
        seen, since, began = self._judge(), time.monotonic(), time.monotonic()
        while not enough(seen) and time.monotonic() - began < SETTLE:
            if time.monotonic() - since > STEADY and not seen.unsent:
                break
            time.sleep(0.5)
            before, seen = seen, self._judge()
            since = since if seen.damage == before.damage else time.monotonic()
        return seen

    def _judge(self) -> Verdict:
        store = self.embedded.addresses.store_uri
        outcomes = history.read(self.nodes.home.path / "history").values()
        verdict = checker.check(store, self.nodes.hosted)
        checker.check_commands(verdict, outcomes, checker.sent(store, self.nodes.hosted))
        return verdict

    def _unsent(self) -> int:
        with MongoClient[dict[str, Any]](self.embedded.addresses.store_uri) as client:
            waiting = {"pending_since": {"$exists": True}}
            return sum(
                client[f"hatchery_{self.lowest.area}_{service}"][records].count_documents(waiting)
                for service, records in (("needs", "needs"), ("registry", "organisations"))
            )

    def _close_connections(self) -> None:
        addresses = self.embedded.addresses
        with requests.Session() as api:
            api.auth = (addresses.user, addresses.password)
            for one in api.get(f"{addresses.admin_url}/api/connections", timeout=10).json():
                if one.get("vhost") in self.nodes.nodes and one.get("type") == "network":
                    api.delete(f"{addresses.admin_url}/api/connections/{one['name']}", timeout=10)


def found(switch: str | None, verdict: Verdict) -> bool:
    """Whether the checker said what it ought to have said."""
    return verdict.right if switch is None else getattr(verdict, EXPECTED[switch]) > 0


def main() -> int:
    parser = argparse.ArgumentParser(description="With a guard broken, the checker finds the damage.")
    parser.add_argument("--only", action="append", choices=EXPECTED, help="this switch; may be repeated")
    given = parser.parse_args()
    verdicts: dict[str | None, Verdict] = {}
    with (
        tempfile.TemporaryDirectory(prefix="hatchery-", ignore_cleanup_errors=True) as name,
        served(Embedded(Path(name) / "embedded")) as embedded,
    ):
        for number, switch in enumerate((None, *(given.only or EXPECTED))):
            began, district = time.monotonic(), f"9907{number:02d}"
            with line(Path(name) / str(number), embedded, (district, f"{district}001"), switch) as made:
                verdicts[switch] = try_all(Trial(made, embedded))
            say(f"{switch or 'none'}: {time.monotonic() - began:.0f} s, {verdicts[switch]}")
    say(table(verdicts))
    return 0 if all(found(switch, verdict) for switch, verdict in verdicts.items()) else 1


def try_all(trial: Trial) -> Verdict:
    for death in DEATHS:
        trial.die(*death)
    trial.cut()
    trial.freeze()
    return trial.verdict()


def table(verdicts: Mapping[str | None, Verdict]) -> str:
    counts = list(Verdict().damage)
    lines = [f"{'switch':14}{'expected':>10}" + "".join(f"{count:>13}" for count in ("commands", *counts))]
    for switch, verdict in verdicts.items():
        numbers = (verdict.commands, *verdict.damage.values())
        judged = "found" if switch else "clean"
        lines.append(
            f"{switch or 'none':14}{EXPECTED[switch] if switch else 'nothing':>10}"
            + "".join(f"{number:>13}" for number in numbers)
            + f"  {judged if found(switch, verdict) else f'NOT {judged.upper()}'}"
        )
    return "\n".join(lines)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
