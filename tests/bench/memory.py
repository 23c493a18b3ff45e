"""What a small node takes of memory: three services and the gateway, after load.

    python -m tests.bench.memory --requests 600

Starts a broker and a store of its own, a node, and clients that write and read through the gateway. Prints, for the
launcher and each service, RSS, PSS (shared pages divided among their users) and USS (pages of its own), in MiB. The
sum of PSS is what the node takes. Ends with 1 where that is more than the limit.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from deploy.embedded import Embedded
from tests.harness import RunningNode, make_node

LIMIT = 300.0  # MiB of PSS, of a node with SMALL and its gateway; broker and store not counted
SMALL = ("registry", "needs", "notifications")
CLIENTS = 8
TEAM = {"track": "filed", "established_on": "2018-05-04"}
NEED = {"description": "行动不便", "category": "为老服务", "group": "老年人", "source": "visit"} | {
    "received_on": "2025-06-01", "contact": {"name": "王某某", "phone": "13900001234"},
}  # fmt: skip
NAMED = {"registry/organisations": "name", "needs/needs": "title"}
MIB = 2**20


@dataclass(frozen=True)
class Taken:
    """Of one process, in MiB."""

    name: str
    rss: float
    pss: float
    uss: float


def measure(node: RunningNode) -> list[Taken]:
    """The node's launcher, which comes first, and its services."""
    assert node.process is not None
    launcher = psutil.Process(node.process.pid)
    names = {int((node.folder / "log" / f"{s}.pid").read_text()): s for s in ("gateway", *node.services)}
    found = []
    for process in (launcher, *launcher.children(recursive=True)):
        memory = process.memory_full_info()
        name = "launcher" if process.pid == launcher.pid else names[process.pid]
        found.append(Taken(name, memory.rss / MIB, memory.pss / MIB, memory.uss / MIB))
    return found


def load(node: RunningNode, requests_: int) -> None:
    """Writes and reads of every service through the gateway, from several clients at once."""
    token = node.token("district_staff")

    def client(number: int) -> None:
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {token}"
            for step in range(requests_ // CLIENTS):
                one_round(session, f"{number}-{step}")

    def one_round(session: requests.Session, name: str) -> None:
        for path, body in (("registry/organisations", TEAM), ("needs/needs", NEED)):
            body = body | {"area": node.area, NAMED[path]: f"队{name}"}
            made = session.post(f"{node.url}/api/{path}", json=body, timeout=30)
            assert made.status_code == 201, made.text
        for path in ("registry/organisations", "needs/needs", "notifications/notices"):
            read = session.get(f"{node.url}/api/{path}?area={node.area}", timeout=30)
            assert read.status_code == 200, read.text

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(client, range(CLIENTS)))


@contextmanager
def small_node(embedded: Embedded, folder: Path, services: Sequence[str] = SMALL) -> Iterator[RunningNode]:
    """A running node with a virtual host of its own on `embedded`, stopped at the end."""
    vhost = f"memory-{uuid.uuid4().hex[:12]}"
    where = f"{embedded.addresses.admin_url}/api/vhosts/{vhost}"
    who = (embedded.addresses.user, embedded.addresses.password)
    requests.put(where, auth=who, timeout=30).raise_for_status()
    node = make_node(embedded, folder, vhost, services, area="230102", clock="wall")
    node.apart = True  # its memory is measured as an operator would see it
    try:
        node.start()
        yield node
    finally:
        node.stop()
        requests.delete(where, auth=who, timeout=30)


def total(taken: Sequence[Taken]) -> float:
    return sum(one.pss for one in taken)


def table(taken: Sequence[Taken]) -> str:
    lines = [f"{'MiB':<16}{'RSS':>8}{'PSS':>8}{'USS':>8}"]
    lines += [f"{one.name:<16}{one.rss:8.1f}{one.pss:8.1f}{one.uss:8.1f}" for one in taken]
    return "\n".join([*lines, f"{'together':<16}{'':8}{total(taken):8.1f}"])


def main() -> int:
    parser = argparse.ArgumentParser(description="What a small node takes of memory.")
    parser.add_argument("--requests", type=int, default=600, help="rounds of two writes and three reads")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        embedded = Embedded(Path(folder) / "embedded")
        embedded.start()
        try:
            with small_node(embedded, Path(folder) / "node") as node:
                print(f"after the start\n{table(measure(node))}", flush=True)  # noqa: T201
                load(node, given.requests)
                taken = measure(node)
        finally:
            embedded.stop()
    print(f"after {given.requests} rounds\n{table(taken)}\nlimit {LIMIT:.0f}")  # noqa: T201
    return 0 if total(taken) <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
