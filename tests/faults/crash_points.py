"""Every process dies once at every place of the event path, while a small scenario is replayed over three tiers.

    python -m tests.faults.crash_points [--passes 6]

Starts a broker, a store and three nodes in the test build (`tests.faults.crashing`), replays the scenario again and
again under another name, and kills each service at each label of `points.LABELS` that it has. Then holds the stores of
the nodes against each other; the figures of the first replay were held against what was sent. Prints which labels
were reached in which service. Ends with 1 where one was not, where a figure differs, or where anything was lost or
doubled.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pika
import yaml

from deploy import nodes
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.replay import scenario, session
from deploy.replay.session import Session
from deploy.wish import Wish
from shared.events import topology
from shared.node import GATEWAY, SERVICES
from tests.faults import checker
from tests.faults.crashing import points
from tests.harness import RunningNode, eventually, free_base_port
from tests.system.test_replay_small import DISTRICT, SMALL, STREET

COMMUNITY = f"{STREET}001"
HOSTED: Mapping[str, tuple[str, ...]] = {
    DISTRICT: SERVICES,
    STREET: ("registry", "needs", "notifications"),
    COMMUNITY: ("needs",),
}
PARENTS = {STREET: DISTRICT, COMMUNITY: STREET}
WITH_EFFECTS = (GATEWAY, "registry", "needs", "funding", "notifications")
SETTLE = 240.0  # seconds: what failed while something was down comes back after a minute, or after ten


def wanted() -> set[str]:
    """`<service>.<label>` of each place that each service has."""
    everywhere = (*points.COMMANDS, *points.RELAY, *points.CONSUMER, *points.LETTERS, *points.SEALER)
    found = {f"{service}.{label}" for service in (GATEWAY, *SERVICES) for label in everywhere}
    return found | {f"{service}.{label}" for service in WITH_EFFECTS for label in points.EFFECTS}


@contextmanager
def three_tiers(folder: Path, embedded: Embedded) -> Iterator[Home]:
    """The nodes, in the test build."""
    home = Home(folder)
    (folder / "embedded.yaml").write_bytes((embedded.home / "embedded.yaml").read_bytes())
    running: list[RunningNode] = []
    try:
        for area, services in HOSTED.items():
            wish = Wish(area, PARENTS.get(area), services, clock="request", port=free_base_port())
            assert nodes.add(home, wish, dry_run=False, say=lambda _: None) == 0
            told = yaml.safe_load(home.description(area).read_text(encoding="utf-8"))
            node = RunningNode(
                area, told["url"], told["port"], services, area, home.folder(area), embedded,
                launcher="tests.faults.crashing",
            )  # fmt: skip
            node.start()
            running.append(node)
        yield home
    finally:
        for node in reversed(running):
            node.stop()


def spoil(embedded: Embedded) -> int:
    """One message that nobody can read to each service of the district; how many."""
    uri = embedded.addresses.amqp_uri(DISTRICT).partition("?")[0]
    with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
        channel = connection.channel()
        for service in (GATEWAY, *SERVICES):
            channel.basic_publish("", topology.service_queue(service), b"not an event")
    return len(SERVICES) + 1


def dead(embedded: Embedded) -> int:
    """Dead letters and parked messages of all services of all nodes."""
    found = 0
    for area, services in HOSTED.items():
        uri = embedded.addresses.amqp_uri(area).partition("?")[0]
        with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
            channel = connection.channel()
            for service in (GATEWAY, *services):
                for queue in (topology.dead_queue(service), topology.parked_queue(service)):
                    found += channel.queue_declare(queue, passive=True).method.message_count
    return found


def replay(home: Home, number: int) -> Session:
    """The scenario once more, under another name."""
    file = home.path / f"crash-{number}.yaml"
    file.write_text(SMALL.replace("scenario: small", f"scenario: crash-{number}"), encoding="utf-8")
    made = session.prepare(home, scenario.load(file))
    made.replay()
    return made


def differing(made: Session) -> list[str]:
    """The figures that do not become what the scenario says, in words."""
    made.settle(quiet=60)
    told = [(each.figure, each.counted, each.published) for each in made.compared]
    return [
        f"{figure}: {counted} of {published}" for figure, counted, published in told if counted != published
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description="Every process dies once at every place of the event path.")
    parser.add_argument("--passes", type=int, default=6, help="replays at most")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        crashes = folder / "crashes"
        crashes.mkdir()
        os.environ[points.VARIABLE] = str(crashes)
        embedded = Embedded(folder / "embedded")
        embedded.start()
        supervision = threading.Thread(target=embedded.supervise)
        supervision.start()
        try:
            return run(folder, embedded, crashes, given.passes)
        finally:
            embedded.stop()
            supervision.join()


def run(folder: Path, embedded: Embedded, crashes: Path, passes: int) -> int:
    (folder / "home").mkdir()
    with three_tiers(folder / "home", embedded) as home:
        (crashes / points.ARMED).touch()
        spoiled = spoil(embedded)
        wrong: list[str] = []
        for number in range(passes):
            made = replay(home, number)
            if number == 0:  # later ones add to what is counted
                wrong = differing(made)
            missing = wanted() - {file.name for file in crashes.iterdir()}
            say(f"replay {number + 1}: died at {len(wanted()) - len(missing)} of {len(wanted())} places")
            if not missing:
                break
        (crashes / points.ARMED).unlink()
        verdict = settled(embedded)
        letters = dead(embedded)
    reached = {file.name for file in crashes.iterdir()}
    say(table(reached))
    say(str(verdict))
    say(f"dead letters {letters}, of messages that nobody can read: {spoiled}")
    for each in [*wrong, *(f"never reached: {one}" for one in sorted(wanted() - reached))]:
        say(each)
    return 0 if verdict.right and letters == spoiled and not wrong and wanted() <= reached else 1


def settled(embedded: Embedded) -> checker.Verdict:
    """The checker's verdict, once it is right or does not become so in time."""
    seen: list[checker.Verdict] = []

    def right() -> bool:
        seen.append(checker.check(embedded.addresses.store_uri, HOSTED))
        return seen[-1].right

    with suppress(AssertionError):
        eventually(right, within=SETTLE)
    return seen[-1]


def table(reached: set[str]) -> str:
    """A line for each label, a column for each service: `x` where it died, `-` where it has no such place."""
    services = (GATEWAY, *SERVICES)
    lines = [f"{'':30}" + "".join(f"{service:>14}" for service in services)]
    for label in points.LABELS:
        cells = (f"{service}.{label}" for service in services)
        marks = ("x" if cell in reached else "MISSED" if cell in wanted() else "-" for cell in cells)
        lines.append(f"{label:30}" + "".join(f"{mark:>14}" for mark in marks))
    return "\n".join(lines)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
