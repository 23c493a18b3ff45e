"""Nodes for tests: real processes on the run's broker and store, reached over HTTP like any client would."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pika
import requests
import yaml
from psutil import virtual_memory

import tests.real_threads  # noqa: F401
from deploy.embedded import Embedded
from shared import keys, tls
from shared.call import Grant
from shared.node import SERVICES
from tests.preloaded import Launched, preloaded

ROOT = Path(__file__).parent.parent
PATIENCE = 40.0  # seconds
MEMORY = Path("/dev/shm")
PLENTY = 6 * 2**30  # bytes: what all processes of a run write is below two thirds of that


def eventually(look: Callable[[], Any], *, within: float = PATIENCE, what: str = "") -> Any:
    """The first truthy answer of `look`. Fails with what it saw last when there is none in time."""
    end = time.monotonic() + within
    while True:
        try:
            seen: Any = look()
        except requests.RequestException as error:
            seen = None
            last: Any = error
        else:
            last = seen
        if seen:
            return seen
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s: {what or look}; last seen: {last!r}")
        time.sleep(0.1)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for a broker and a store: in memory, where the machine has plenty of it. Both wait for their disk at
    each write, and tests end processes, which memory survives as a disk does."""
    plenty = MEMORY.is_dir() and min(shutil.disk_usage(MEMORY).free, virtual_memory().available) > PLENTY
    with TemporaryDirectory(
        prefix="hatchery-", dir=MEMORY if plenty else None, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


@contextmanager
def served(embedded: Embedded) -> Iterator[Embedded]:
    """Broker and store run within the block; what a test kills of them is started again."""
    supervision = threading.Thread(target=embedded.supervise)
    embedded.start()
    supervision.start()
    try:
        yield embedded
    finally:
        embedded.stop()
        supervision.join()


def free_base_port() -> int:
    """The first of eight ports in a row that nobody uses, below those that outgoing connections take."""
    while True:
        base = random.randrange(12000, 32000)
        if all(_free(base + n) for n in range(8)):
            return base


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@dataclass
class RunningNode:
    """A node's launcher and services. `vhost` is its virtual host on the run's broker."""

    area: str
    url: str
    port: int
    services: Sequence[str]
    vhost: str
    folder: Path
    embedded: Embedded
    process: subprocess.Popen[bytes] | Launched | None = None
    session: requests.Session = field(default_factory=requests.Session)
    ca: str | None = None  # that its gateway's certificate is checked by
    tree: Path = ROOT  # whose code it runs
    apart: bool = False  # whether the launcher imports for itself, as an operator's does
    launcher: str = "deploy.launcher"  # the module that is started

    def start(self) -> None:
        self.launch()
        self.wait_ready()

    def launch(self, *only: str) -> None:
        """Start the launcher, for all services or only some, and wait for nothing."""
        arguments = [str(self.folder / "node.yaml"), "--logs", str(self.folder / "log")]
        for service in only:
            arguments += ["--service", service]
        if self.tree == ROOT and not self.apart:
            self.process = preloaded(self.launcher).launch(arguments)
            return
        command = [sys.executable, "-W", "ignore", "-m", self.launcher, *arguments]
        code = os.environ | {"PYTHONPATH": str(self.tree)}
        self.process = subprocess.Popen(command, cwd=self.tree, env=code, start_new_session=True)

    def wait_ready(self) -> None:
        for service in ("gateway", *self.services):
            eventually(
                partial(self._ready, service),
                what=f"{service} of {self.area} ready; see {self.folder}/log",
            )
        eventually(lambda: self.get("/api/nodes", None).json()["items"], what="the node knows itself")

    def _ready(self, service: str) -> bool:
        return requests.get(f"{self.service_url(service)}/readyz", timeout=2, verify=self.ca or True).ok

    def stop(self) -> int:
        """SIGTERM, as an operator would; the launcher's exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        code = self.process.wait(60)
        self.process = None
        return code

    def kill(self, service: str, by: int = signal.SIGKILL) -> None:
        """kill -9 of one service, or another signal that ends it; the launcher starts it again."""

        def killed() -> bool:
            try:
                os.kill(int((self.folder / "log" / f"{service}.pid").read_text()), by)
            except ProcessLookupError:
                return False  # it is being started again already
            return True

        eventually(killed, what=f"{service} to kill")

    def kill_all(self) -> None:
        """kill -9 of the launcher and everything it started."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        self.process = None

    def service_url(self, service: str) -> str:
        if service == "gateway":
            return self.url
        return f"http://127.0.0.1:{self.port + 1 + SERVICES.index(service)}"

    def log(self, service: str) -> str:
        return (self.folder / "log" / f"{service}.log").read_text(encoding="utf-8")

    def token(
        self, role: str, area: str | None = None, organisation: str | None = None, subject: str = "test"
    ) -> str:
        private = keys.load_private(self.folder / "keys")
        return keys.issue(private, self.area, subject, [Grant(role, area or self.area)], organisation)

    def get(self, path: str, role: str | None = "district_staff", **more: Any) -> requests.Response:
        return self.request("GET", path, role, **more)

    def post(
        self, path: str, body: Any = None, role: str | None = "district_staff", **more: Any
    ) -> requests.Response:
        return self.request("POST", path, role, json=body, **more)

    def request(
        self,
        method: str,
        path: str,
        role: str | None,
        *,
        area: str | None = None,
        organisation: str | None = None,
        key: str | None = None,
        now: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        """Through the node's gateway; as `role` at `area` (the node's own if left out), or as nobody for None."""
        sent = {"Accept-Language": "en"} | (headers or {})
        if role:
            sent["Authorization"] = f"Bearer {self.token(role, area, organisation)}"
        if key:
            sent["Idempotency-Key"] = key
        if now:
            sent["Hatchery-Now"] = now
        return self.session.request(
            method, self.url + path, headers=sent, timeout=30, verify=self.ca or True, **more
        )

    def metric(self, service: str, name: str) -> float:
        """The sum of a metric's samples; `name` may include labels in the text format's order."""
        address = f"{self.service_url(service)}/metrics"
        text = requests.get(address, timeout=5, verify=self.ca or True).text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))

    def amqp(self) -> pika.BlockingConnection:
        """A connection as the broker's administrator, to look at queues and to play the stranger."""
        addresses = self.embedded.addresses
        parameters = pika.URLParameters(addresses.amqp_uri(self.vhost).partition("?")[0])
        if addresses.tls:
            checking = tls.client(Path(addresses.tls) / tls.CA)
            parameters.ssl_options = pika.SSLOptions(checking, addresses.host)
        return pika.BlockingConnection(parameters)

    def depth(self, queue: str) -> int:
        with self.amqp() as connection:
            declared = connection.channel().queue_declare(queue, passive=True)
            return int(declared.method.message_count)

    def letters(self, queue: str) -> list[tuple[dict[str, Any], bytes]]:
        """Headers and bodies of what rests in a queue; the messages stay there."""
        found: list[tuple[dict[str, Any], bytes]] = []
        with self.amqp() as connection:
            channel = connection.channel()
            while True:
                method, properties, body = channel.basic_get(queue)
                if method is None:
                    return found  # closing the connection puts all of them back
                found.append((dict(properties.headers or {}), body))


def make_node(
    embedded: Embedded,
    folder: Path,
    vhost: str,
    services: Sequence[str],
    *,
    area: str = "230102",
    parent: str | None = None,
    clock: str = "request",
    otlp: str | None = None,
    accounts: dict[str, Any] | None = None,
    seal: dict[str, str] | None = None,
    files: dict[str, Any] | None = None,
) -> RunningNode:
    """A node's description, keys and harness; nothing runs yet. Its databases are named after its area and must
    not be there already, so tests on one store take different areas."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_base_port()
    keys.generate(folder / "keys")
    url = f"http://127.0.0.1:{port}"
    description = {
        "area": area,
        "parent": parent,
        "services": list(services),
        "url": url,
        "port": port,
        "broker": embedded.addresses.amqp_uri(vhost),
        "broker_admin": embedded.addresses.admin_url,
        "store": embedded.addresses.store_uri,
        "database_prefix": f"{vhost}_".replace("-", "_"),
        "keys": "keys",
        "clock": clock,
        "otlp": otlp,
        "accounts": accounts or {},
        "seal": seal or {},
        "files": files or {},
    }
    (folder / "node.yaml").write_text(yaml.safe_dump(description), encoding="utf-8")
    return RunningNode(area, url, port, tuple(services), vhost, folder, embedded)


def start_together(nodes: Iterable[RunningNode]) -> None:
    """Most of a start is waiting."""
    for node in (nodes := list(nodes)):
        node.launch()
    for node in nodes:
        node.wait_ready()


def stop_together(nodes: Iterable[RunningNode]) -> None:
    for node in (nodes := list(nodes)):
        if node.process:
            node.process.terminate()
    for node in nodes:
        node.stop()
