"""What runs on this machine without a terminal: the embedded broker and store, and nodes with their launchers.

Each process has a session of its own and is written down with its start time, so that any later command can end
exactly it, also after a crash.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import requests
import yaml
from pika.adapters.blocking_connection import BlockingConnection

from deploy.channel import connected, depth
from deploy.embedded import NotRunning, identity
from deploy.embedded.supervisor import is_supervised, stop_home, wait_started
from deploy.home import Home
from deploy.places import own_place
from deploy.trouble import UNREACHABLE, Trouble
from shared import areas
from shared.events import topology
from shared.node import GATEWAY, Node

START = 90.0  # seconds for broker and store
READY = 120.0  # seconds for all services of the nodes, and until these know each other
DRAIN = 40.0  # seconds that a launcher has; its services have 30
_LAUNCHER = "launcher.yaml"


def start_embedded(home: Home) -> bool:
    """Broker and store in the background, supervised: what is killed comes back. False where they run already."""
    if is_supervised(home.path):
        wait_started(home.path, START)
        return False
    home.path.mkdir(parents=True, exist_ok=True)
    _spawn(["-m", "deploy.embedded", "--home", str(home.path), "run"], home.path / "embedded.log")
    try:
        wait_started(home.path, START)
    except NotRunning as error:
        raise Trouble(f"{error}: see {home.path / 'embedded.log'}", UNREACHABLE) from error
    return True


def start_node(home: Home, area: str) -> bool:
    """A node's launcher in the background. False where it runs already."""
    if node_runs(home, area):
        return False
    logs = home.logs(area)
    logs.mkdir(parents=True, exist_ok=True)
    command = ["-m", "deploy.launcher", str(home.description(area)), "--logs", str(logs)]
    pid = _spawn(command, logs / "launcher.log")
    (home.folder(area) / _LAUNCHER).write_text(yaml.safe_dump(identity.identify(pid)))
    return True


def node_runs(home: Home, area: str) -> bool:
    process = _launcher(home, area)
    return process is not None and identity.is_running(process)


def stop_all(home: Home) -> list[str]:
    """End every node and the embedded broker and store; what was running, in words."""
    ended = stop_nodes(home)
    try:
        stop_home(home.path)
        ended.append("broker and store")
    except NotRunning:
        pass
    return ended


def stop_nodes(home: Home) -> list[str]:
    """End every node that was started in the background; what was running, in words."""
    running = [area for area in home.nodes() if node_runs(home, area)]
    with ThreadPoolExecutor(max(len(running), 1)) as pool:
        list(pool.map(lambda area: _end_launcher(home, area), running))
    left = [pid for area in home.nodes() for pid in _left_services(home, area)]
    for pid in left:
        identity.end(identity.identify(pid), 5)
    return [f"node {area}" for area in running] + ([f"{len(left)} services left over"] if left else [])


def wait_ready(nodes: Iterable[Node], seconds: float = READY) -> None:
    """Wait until every service is ready, and every node knows those above and below it.

    Raises Trouble naming what is not there after so many seconds.
    """
    listed = list(nodes)
    end = time.monotonic() + seconds
    with requests.Session() as session:
        session.trust_env = False
        for node in listed:
            for service in (GATEWAY, *node.services):
                url = f"{node.url_of(service)}/readyz"
                _wait(partial(_answers, session, url, node.verify), end, f"{service} of node {node.area}")
        for node in listed:
            # Nodes hear of what is above and below them; siblings know of each other only by their parent.
            others = {
                o.area
                for o in listed
                if areas.contains(o.area, node.area) or areas.contains(node.area, o.area)
            }
            what = f"node {node.area} has not heard of all others; its link"
            _wait(partial(_knows, session, node, others), end, what)


def wait_listening(home: Home, area: str, seconds: float = READY) -> None:
    """Wait until every service of a node has its queue and takes from it: from then on it misses no event.

    Raises Trouble naming the one that does not after so many seconds.
    """
    node, end = home.node(area), time.monotonic() + seconds
    with connected(own_place(home, area).address) as connection:
        for service in (GATEWAY, *node.services):
            _wait(partial(_consumed, connection, service), end, f"{service} of node {area}")


def _consumed(connection: BlockingConnection, service: str) -> bool:
    found = depth(connection, topology.service_queue(service))
    return found is not None and found[1] > 0


def _wait(there: Callable[[], bool], end: float, what: str) -> None:
    while not there():
        if time.monotonic() > end:
            raise Trouble(f"{what} is not ready after a long wait: see hatchery node status", UNREACHABLE)
        time.sleep(0.2)


def _answers(session: requests.Session, url: str, verify: str | bool) -> bool:
    try:
        return bool(session.get(url, timeout=3, verify=verify).ok)
    except requests.RequestException:
        return False


def _knows(session: requests.Session, node: Node, others: set[str]) -> bool:
    try:
        response = session.get(f"{node.url_of(GATEWAY)}/api/nodes", timeout=3, verify=node.verify)
        return response.ok and others <= {node.area, *(item["id"] for item in response.json()["items"])}
    except (requests.RequestException, ValueError, KeyError):
        return False


def _spawn(arguments: list[str], log: Path) -> int:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return process.pid


def _launcher(home: Home, area: str) -> dict[str, int] | None:
    try:
        found = yaml.safe_load((home.folder(area) / _LAUNCHER).read_text())
    except (OSError, yaml.YAMLError):
        return None
    return found if isinstance(found, dict) and {"pid", "started"} <= found.keys() else None


def _end_launcher(home: Home, area: str) -> None:
    process = _launcher(home, area)
    if process:
        identity.end(process, DRAIN)


def _left_services(home: Home, area: str) -> list[int]:
    """Services whose launcher was killed and that did not end with it, told by their command line."""
    found = []
    for file in home.logs(area).glob("*.pid"):
        try:
            pid = int(file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except (OSError, ValueError):
            continue
        if "deploy.launcher" in command and str(home.description(area)) in command:
            found.append(pid)
    return found
