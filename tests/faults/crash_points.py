"""Every process dies once at every place of the event path, over three tiers.

    python -m tests.faults.crash_points

Starts a broker, a store and three nodes in the test build (`tests.faults.crashing`) and gives commands to all services
until each has died at each place of `labels` that it has, replays a scenario for the effects, kills the shovels of a
link in mid hand-over and tells the services to stop. Then the figures are held against what was sent, and the stores of
the nodes against each other. Prints which labels were reached in which service. Ends with 1 where one was not, where a
figure differs, or where anything was lost or doubled.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pika
import requests
import yaml

from deploy import nodes
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.replay import scenario, session
from deploy.replay.session import Session
from deploy.trouble import Trouble
from deploy.wish import Wish
from shared.events import topology
from shared.ids import new_id
from shared.node import GATEWAY, SERVICES
from tests.faults import checker
from tests.faults.crashing import LAUNCHER, labels, shovels
from tests.faults.crashing.labels import Crashes
from tests.harness import RunningNode, eventually, free_base_port, served
from tests.system.test_replay_small import DISTRICT, SMALL, STREET

COMMUNITY = f"{STREET}001"
HOSTED: Mapping[str, tuple[str, ...]] = {
    DISTRICT: SERVICES,
    STREET: ("registry", "needs", "notifications", "accounts"),
    COMMUNITY: ("needs",),
}
PARENTS = {STREET: DISTRICT, COMMUNITY: STREET}
SETTLE = 240.0  # seconds: what failed while something was down comes back after a minute, or after ten
PATIENCE = 240.0  # seconds for a command whose service, or one that it waits for, dies again and again
PAUSE = 4.0  # seconds between commands of one kind
STALE = 60.0  # seconds without a death after which none is expected any more


@contextmanager
def three_tiers(folder: Path, embedded: Embedded) -> Iterator[tuple[Home, list[RunningNode]]]:
    """The nodes, in the test build, the district first."""
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
                launcher=LAUNCHER,
            )  # fmt: skip
            node.start()
            running.append(node)
        yield home, running
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


def dead(nodes: Sequence[RunningNode]) -> Counter[str]:
    """Dead letters and parked messages of all services of all nodes, by their reasons."""
    queues = (topology.dead_queue, topology.parked_queue)
    return Counter(
        str(headers.get("x-reason"))
        for node in nodes
        for service in (GATEWAY, *node.services)
        for queue in queues
        for headers, _ in node.letters(queue(service))
    )


def replay(home: Home) -> Session:
    """The scenario. Raises Trouble for what was not taken in time."""
    file = home.path / "crash.yaml"
    file.write_text(SMALL.replace("scenario: small", "scenario: crash"), encoding="utf-8")
    made = session.prepare(home, scenario.load(file))
    made.client.patience = PATIENCE
    made.replay()
    return made


def differing(home: Home) -> list[str]:
    """Replay; the figures that do not become what the scenario says, in words."""
    try:
        made = replay(home)
    except Trouble as trouble:
        return [str(trouble)]
    made.settle(quiet=60)
    told = [(each.figure, each.counted, each.published) for each in made.compared]
    return [
        f"{figure}: {counted} of {published}" for figure, counted, published in told if counted != published
    ]


@contextmanager
def poked(nodes: Sequence[RunningNode]) -> Iterator[None]:
    """While the block runs, commands to all services: a person's request is carried out by each of them."""
    ended = threading.Event()

    def poke(what: Callable[[RunningNode], None], node: RunningNode) -> None:
        while not ended.wait(PAUSE):
            what(node)

    with ThreadPoolExecutor(16) as pool:
        everywhere = [
            pool.submit(poke, what, node) for node in nodes for what in (open_account, ask, anchor, carry_out)
        ]
        at_the_root = [pool.submit(poke, what, nodes[0]) for what in (open_centre, open_fund)]
        try:
            yield
        finally:
            ended.set()
        for each in (*everywhere, *at_the_root):
            each.result()


def open_account(node: RunningNode) -> None:
    body = {"area": node.area, "login": new_id(), "display_name": "试验"}
    send(node, "/api/accounts/clients", "administrator", body)


def ask(node: RunningNode) -> None:
    """For state, so that something descends, too."""
    send(node, "/api/node/resyncs", "operator", {"service": "accounts"})


def anchor(node: RunningNode) -> None:
    """The heads of the audit's chains, which the gateway keeps."""
    for path in ("/api", *(f"/api/{service}" for service in node.services)):
        send(node, f"{path}/audit/heads", "operator")


def carry_out(node: RunningNode) -> None:
    """A person's request, by each service: the only read model that some keep, and an effect at the gateway."""
    body = {
        "area": node.area,
        "kind": "access",
        "person": {"phone": "13900001111"},
        "identity": "身份证已核对",
    }
    request = send(node, "/api/node/data-requests", "district_staff", body)["id"]
    for service in node.services:
        send(node, f"/api/{service}/data-requests/{request}/execution", "security_officer", {})


def open_centre(node: RunningNode) -> None:
    body = {"area": node.area, "name": new_id(), "capacity": 10}
    send(node, "/api/incubator/centres", "district_staff", body)


def open_fund(node: RunningNode) -> None:
    body = {"area": node.area, "name": new_id(), "source": "budget", "year": 2024, "budget_fen": 1}
    send(node, "/api/funding/funds", "finance", body)


def send(node: RunningNode, path: str, role: str, body: Any = None) -> Any:
    """Until it is taken, with one key; the answer."""
    key = new_id()
    (taken,) = eventually(lambda: answered(node, path, role, body, key), within=PATIENCE, what=path)
    assert taken.ok, f"{path}: {taken.status_code} {taken.text}"
    return taken.json()


def answered(node: RunningNode, path: str, role: str, body: Any, key: str) -> list[requests.Response]:
    """Nothing where the same request may be answered otherwise later."""
    answer = node.post(path, body, role, key=key)
    later = answer.status_code in (404, 429) or answer.status_code >= 500 or "Retry-After" in answer.headers
    return [] if later else [answer]


def stop_services(district: RunningNode, crashes: Crashes) -> None:
    """SIGTERM to each service, once for each place that only a process which is told to stop comes to."""
    for label in labels.AT_STOP:
        wanted = {f"{service}.{label}" for service in (GATEWAY, *district.services)}
        for service in (GATEWAY, *district.services):
            district.kill(service, signal.SIGTERM)
        with suppress(AssertionError):
            eventually(lambda: wanted <= crashes.reached(), what=label)  # noqa: B023
        district.wait_ready()


def main() -> int:
    argparse.ArgumentParser(
        description="Every process dies once at every place of the event path."
    ).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        crashes = Crashes(folder / "crashes", hurried=True)
        os.environ.update(crashes.environment)
        with served(Embedded(folder / "embedded")) as embedded:
            return run(folder, embedded, crashes)


def run(folder: Path, embedded: Embedded, crashes: Crashes) -> int:
    (folder / "home").mkdir()
    began = time.monotonic()

    def note(text: str) -> None:
        say(f"{time.monotonic() - began:4.0f} s: {text}; died at {len(crashes.reached())} places")

    with three_tiers(folder / "home", embedded) as (home, nodes):
        crashes.arm()
        spoiled = spoil(embedded)
        note("the nodes run")
        with poked(nodes[:2]):  # a replay does not wait for consumers as long as these deaths take
            wait_for(crashes, (*labels.ANSWERS, *labels.CONSUMER, *labels.LINK, *labels.LETTERS))
        note("requests and messages have come to all services")
        wrong = differing(home)
        note("a scenario was replayed")
        with poked(nodes[:2]):
            wait_for(crashes, labels.LABELS)
            handed = [place for place in shovels.PLACES if shovels.kill(embedded, STREET, *place)]
        note(f"shovels died at {len(handed)} of {len(shovels.PLACES)} places")
        stop_services(nodes[0], crashes)
        crashes.disarm()
        note("services were told to stop")
        verdict = settled(embedded)
        letters = dead(nodes)
        note("all is quiet")
    missed = [*labels.missing(crashes.reached()), *("/".join(p) for p in shovels.PLACES if p not in handed)]
    say(labels.table(crashes.reached()))
    for place in shovels.PLACES:
        say(f"{place[1]:30}{place[0]:>14}  {'x' if place in handed else 'MISSED'}")
    say(str(verdict))
    unreadable = letters.pop("undecodable", 0)  # written and not acknowledged, a letter is written again
    say(f"{spoiled} messages that nobody can read are {unreadable} letters; other letters: {dict(letters)}")
    for each in [*wrong, *(f"never reached: {one}" for one in missed)]:
        say(each)
    return 0 if verdict.right and unreadable >= spoiled and not (letters or wrong or missed) else 1


def wait_for(crashes: Crashes, of: Sequence[str]) -> None:
    """Until a process of each service has died at each of these labels, or none dies any more for STALE seconds."""
    reached, since = 0, time.monotonic()
    while any(place.partition(".")[2] in of for place in coming(crashes)):
        time.sleep(0.5)
        if len(crashes.reached()) > reached:
            reached, since = len(crashes.reached()), time.monotonic()
        elif time.monotonic() - since > STALE:
            return


def coming(crashes: Crashes) -> list[str]:
    """The places that commands and events can bring processes to, and have not yet."""
    missing = labels.missing(crashes.reached())
    return [place for place in missing if place.partition(".")[2] not in labels.AT_STOP]


def settled(embedded: Embedded) -> checker.Verdict:
    """The checker's verdict, once it is right or does not become so in time."""
    seen: list[checker.Verdict] = []

    def right() -> bool:
        seen.append(checker.check(embedded.addresses.store_uri, HOSTED))
        return seen[-1].right

    with suppress(AssertionError):
        eventually(right, within=SETTLE)
    return seen[-1]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
