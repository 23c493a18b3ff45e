"""One replay against the nodes of a home: what to send, where to, and what it must come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.home import Home
from deploy.replay import figures, making, scenario
from deploy.replay.build import Build, Data
from deploy.replay.client import Client, Refusal
from deploy.replay.figures import Compared
from deploy.replay.running import WORKERS, Runner
from deploy.replay.scenario import BadScenario
from deploy.replay.tokens import Tokens
from deploy.trouble import UNREACHABLE, Trouble
from shared import keys

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"


def find(name: str) -> Path:
    """A scenario file, or one of those that come along by its name. Raises Trouble."""
    given = Path(name)
    for candidate in (given, SCENARIOS / name, SCENARIOS / f"{name}.yaml"):
        if candidate.is_file():
            return candidate
    known = ", ".join(sorted(file.stem for file in SCENARIOS.glob("*.yaml")))
    raise Trouble(f"there is no scenario file {name} (those that come along: {known})")


def read(path: Path) -> Data:
    """Raises Trouble naming every fault."""
    try:
        return scenario.load(path)
    except BadScenario as error:
        raise Trouble(str(error)) from error
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}", UNREACHABLE) from error


@dataclass
class Session:
    """A scenario with its plan, and the client that carries it out."""

    scenario: Data
    build: Build
    client: Client
    at: str  # the area whose node counts
    compared: list[Compared]

    @property
    def steps(self) -> int:
        return len(self.build.plan.steps)

    def replay(self, done: Callable[[int], None] = lambda _: None, workers: int = WORKERS) -> None:
        """Send everything. Raises Trouble for what the platform refused or did not take in time."""
        try:
            answers = Runner(self.build.plan, self.client, done).run(workers)
        except Refusal as refusal:
            raise Trouble(str(refusal)) from refusal
        rounds = {key: str(answers[step]["id"]) for key, step in self.build.rounds.items()}
        self.compared = figures.wanted(self.scenario, rounds)

    def settle(self, look: Callable[[int], None] = lambda _: None, quiet: float = figures.QUIET) -> bool:
        """Whether all figures become equal."""
        try:
            return figures.settle(self.client, self.at, self.compared, quiet=quiet, look=look)
        except Refusal as refusal:
            raise Trouble(str(refusal)) from refusal


def prepare(
    home: Home, data: Data, *, seed: int | None = None, at: str | None = None,
    addresses: Mapping[str, str] | None = None,
) -> Session:  # fmt: skip
    """A replay against the home's nodes of the scenario's district. Raises Trouble where these do not do.

    `addresses`: other addresses of gateways by area than the nodes' descriptions say.
    """
    district = data["district"]
    nodes = {area: home.node(area) for area in home.nodes() if area[:6] == district}
    if district not in nodes:
        raise Trouble(
            f"no node {district} in {home.path}: hatchery node add {district} --services all --clock request"
        )
    for node in nodes.values():
        if node.clock != "request":
            raise Trouble(
                f"node {node.area} takes no dated requests, as it is no node for replays "
                f"(those are added with --clock request)"
            )
    if at is not None and at not in nodes:
        raise Trouble(f"node {at} is not in {home.path}, or not of district {district}")
    try:
        signing = {area: keys.load_private(home.keys(area)) for area in nodes}
    except (OSError, ValueError) as error:
        raise Trouble(f"a node's key cannot be read: {error}", UNREACHABLE) from error
    urls = {area: node.url.rstrip("/") for area, node in nodes.items()} | dict(addresses or {})
    return Session(data, making.make(data, seed), Client(urls, Tokens(signing)), at or district, [])
