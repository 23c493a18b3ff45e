"""The example service as a process of its own, over a store of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import yaml

from shared import keys
from shared.call import Grant

AREA = "230102"
ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < end, f"nothing listens on port {port}"
            time.sleep(0.05)


@dataclass
class Store:
    """A private store that can be stopped and started again over the same data."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["secantusd-py", "--standalone", "--port", str(self.port)]
        command[0] = str(Path(sys.executable).parent / command[0])
        command += ["--storage-path", str(self.folder), "--cache-size", "64M", "--log-level", "ERROR"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_port(self.port)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Example:
    """The running example service and a client for it."""

    folder: Path
    store: Store
    clock: str = "wall"
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        if self.process:
            self.stop()
        description = {
            "area": AREA,
            "url": f"http://127.0.0.1:{self.port}",
            "port": self.port,
            "broker": "amqp://127.0.0.1/none",
            "store": f"mongodb://127.0.0.1:{self.store.port}/?directConnection=true",
            "keys": str(self.folder / "keys"),
            "clock": self.clock,
        }
        if not (self.folder / "keys").exists():
            keys.generate(self.folder / "keys")
        file = self.folder / "node.yaml"
        file.write_text(yaml.safe_dump(description))
        command = [sys.executable, "-W", "ignore", "-m", "tests.shared.http.example", str(file), "example"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "log").open("a"),
            text=True,
        )
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n", (self.folder / "log").read_text()

    def stop(self) -> int:
        assert self.process
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def token(self, role: str = "district_staff", area: str = AREA, subject: str = "li") -> str:
        return keys.issue(keys.load_private(self.folder / "keys"), AREA, subject, [Grant(role, area)])

    def ask(self, method: str, path: str, *, role: str | None = None, **given: Any) -> requests.Response:
        """A request; `role` sends a token with that role at the whole district."""
        headers = {"Accept-Language": "en", **given.pop("headers", {})}
        if role:
            headers.setdefault("Authorization", f"Bearer {self.token(role)}")
        url = f"http://127.0.0.1:{self.port}{path}"
        return requests.request(method, url, headers=headers, timeout=30, allow_redirects=False, **given)
