"""`hatchery demo`: three tiers of Daoli and a district of its own, two published scenarios, one table.

Everything is told by constants here and by the scenario files: which nodes there are, what they host, and what
is replayed. `hatchery stop` ends what the demonstration started.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import requests
from rich.console import Console

from deploy import background, nodes
from deploy.home import Home
from deploy.replay import figures, progress, session
from deploy.replay.session import Session
from deploy.trouble import ATTENTION, DONE, EXIT_CODES, UNREACHABLE, Trouble
from deploy.wish import Wish
from shared import areas
from shared.node import SERVICES, Node

# District, street and community nodes of Daoli, from above; Haishu is a root of its own.
NODES: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
    ("230102", None, SERVICES),
    ("330203", None, SERVICES),
    ("230102001", "230102", SERVICES),
    ("230102019", "230102", ("registry", "needs", "incubator", "notifications")),
    ("230102001002", "230102001", ("needs", "notifications")),
    ("230102019001", "230102019", ()),
)
SHOWN = "230102019001"  # a community without services of its own
SCENARIOS = ("daoli", "haishu")
WORKERS = 4  # requests at once of each scenario; both are replayed at the same time
# What a start cleans away; anything else in the folder is not ours.
DATA = ("nodes", "broker", "store", "embedded.yaml", "embedded.log", "demo.json")


class Clock:
    """How long each part took."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.parts: list[tuple[str, float]] = []

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.parts.append((name, time.monotonic() - begun))

    @property
    def total(self) -> float:
        return time.monotonic() - self.started


def main(arguments: list[str]) -> int:
    """Exit code 0 when every published figure is counted, 1 when one differs. Raises Trouble."""
    home = _home(arguments, "hatchery demo", __doc__ or "")
    console = Console() if sys.stdout.isatty() else Console(width=140)
    clock = Clock()
    with clock.part("clean start"):
        clean(home, console)
    with clock.part("broker and store"):
        background.start_embedded(home)
    with clock.part("nodes"):
        _start_nodes(home, console)
    with clock.part("ready"):
        background.wait_ready(map(home.node, home.nodes()))
    _show_served(home.node(SHOWN), console)
    sessions = [session.prepare(home, session.read(session.find(name))) for name in SCENARIOS]
    with clock.part("replay"):
        _replay(sessions, console)
    with clock.part("figures"), ThreadPoolExecutor(len(sessions)) as pool:
        equal = all(list(pool.map(Session.settle, sessions)))
    compared = [figure for one in sessions for figure in one.compared]
    console.print(figures.table(compared))
    figures.write(home.path / "demo.json", compared)
    _tell(home, sessions, clock, console)
    return DONE if equal else ATTENTION


def stop(arguments: list[str]) -> int:
    """End all that runs in the home, whoever started it; the data stays."""
    home = _home(arguments, "hatchery stop", "End the nodes, broker and store of this home; the data stays.")
    ended = background.stop_all(home)
    print("stopped " + ", ".join(ended) if ended else f"nothing runs in {home.path}")
    return DONE


def clean(home: Home, console: Console) -> None:
    """End an earlier run and remove its data. Raises Trouble where the home holds a node of the field."""
    for area in home.nodes():
        if home.raw(area).get("clock") != "request":
            raise Trouble(
                f"{home.path} holds node {area}, which is no node for replays, and the demonstration would delete "
                "it: choose another folder (HATCHERY_HOME)"
            )
    for ended in background.stop_all(home):
        console.print(f"stopped {ended} of an earlier run")
    for name in DATA:
        path = home.path / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _start_nodes(home: Home, console: Console) -> None:
    """Tier by tier: what a node tells at its start is heard only where services above it listen already."""
    tiers = [[entry for entry in NODES if len(entry[0]) == length] for length in areas.TIERS]
    for entry in tiers[0]:
        _add_node(home, entry)
    for tier, below in zip(tiers, [*tiers[1:], []], strict=True):
        for area, _, services in tier:
            background.start_node(home, area)
            hosted = ", ".join(services) if services else "no services of its own"
            console.print(f"node {area} {areas.name(area)} ({areas.tier(area)}): {hosted}", highlight=False)
        for entry in below:
            _add_node(home, entry)
        for area, _, _ in tier:
            background.wait_listening(home, area)


def _add_node(home: Home, entry: tuple[str, str | None, tuple[str, ...]]) -> None:
    area, parent, services = entry
    wish = Wish(area, parent, services=services, clock="request")
    if nodes.add(home, wish, dry_run=False, say=lambda _: None) != DONE:
        raise Trouble(f"the link of node {area} does not run: hatchery node status {area}", UNREACHABLE)


def _show_served(node: Node, console: Console) -> None:
    """Who serves a community that has nothing but its address."""
    try:
        told = requests.get(f"{node.url}/api/node", timeout=10).json()
    except (requests.RequestException, ValueError) as error:
        raise Trouble(f"node {node.area} does not answer", UNREACHABLE) from error
    served: dict[str, list[str]] = {}
    for entry in told["services"]:
        served.setdefault(entry["node"], []).append(entry["service"])
    parts = [f"{', '.join(names)} by {area} {areas.name(area)}" for area, names in served.items()]
    console.print(f"{node.area} {node.name} hosts nothing and is served: {'; '.join(parts)}", highlight=False)


def _replay(sessions: list[Session], console: Console) -> None:
    totals = {str(one.scenario["scenario"]): one.steps for one in sessions}
    with progress.shown(console, totals) as advance, ThreadPoolExecutor(len(sessions)) as pool:
        done = [
            pool.submit(one.replay, partial(advance, name), WORKERS)
            for name, one in zip(totals, sessions, strict=True)
        ]
        for one in done:
            one.result()


def _tell(home: Home, sessions: list[Session], clock: Clock, console: Console) -> None:
    console.print("The lists behind these totals were never published: all single items are generated.")
    for area in home.nodes():
        console.print(f"  {areas.name(area)} {area}: {home.node(area).url}", highlight=False, soft_wrap=True)
    sent, again = sum(s.client.sent for s in sessions), sum(s.client.retries for s in sessions)
    parts = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in clock.parts)
    console.print(
        f"{sent} requests, {again} of them again; {clock.total:.0f} s in all: {parts}", highlight=False
    )
    root = home.node(NODES[0][0])
    for line in (
        "It all goes on running. Try:",
        "  hatchery node status",
        "  hatchery replay qingshan",
        f"  curl {root.url}/api/node",
        f"  curl '{root.url}/api/needs/figures?area={root.area}'",
        f"  hatchery subscriber add {root.area} example --binding 'registry.organisation.#'",
        "  hatchery stop",
    ):
        console.print(line, highlight=False, soft_wrap=True)


def _home(arguments: list[str], program: str, about: str) -> Home:
    parser = argparse.ArgumentParser(prog=program, description=about.split("\n\n")[0], epilog=EXIT_CODES)
    parser.add_argument("--home", type=Path, help="home folder; default: HATCHERY_HOME or .run")
    given = parser.parse_args(arguments)
    return Home(given.home) if given.home else Home.here()
