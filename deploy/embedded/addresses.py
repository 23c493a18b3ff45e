"""Where the embedded broker and store of one home listen, and the file that tells other processes."""

from __future__ import annotations

import hashlib
import os
import random
import secrets
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from shared.tls import CA

HOST = "127.0.0.1"
FILE = "embedded.yaml"
# Below what systems hand out to outgoing connections (Linux from 32768, others from 49152): a client
# could otherwise sit on our port just when a killed broker is to come back.
_PORTS = range(21_000, 32_000)


class NotRunning(Exception):
    """No embedded broker and store were ever started in this home."""


@dataclass(frozen=True)
class EmbeddedAddresses:
    """`user` may administer the broker; there is no guest.

    The broker's ports are on `host`, all others on 127.0.0.1. `tls` is the folder with what broker and store
    show and their clients trust; without it nothing is encrypted, and nothing leaves the machine.
    """

    amqp_port: int
    admin_port: int
    prometheus_port: int
    store_port: int
    user: str
    password: str
    erlang_node: str
    dist_port: int
    epmd_port: int
    host: str = HOST
    tls: str | None = None

    def amqp_uri(self, vhost: str) -> str:
        """The broker's address with its password, for the given virtual host ("/" too)."""
        scheme = "amqps" if self.tls else "amqp"
        place = f"{self.user}:{self.password}@{self.host}:{self.amqp_port}"
        return f"{scheme}://{place}/{quote(vhost, safe='')}{self._trust('?cacertfile=')}"

    @property
    def admin_url(self) -> str:
        """RabbitMQ's management API and pages; asks for `user` and `password`."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self.host}:{self.admin_port}{self._trust('?cacertfile=')}"

    @property
    def prometheus_url(self) -> str:
        return f"http://{HOST}:{self.prometheus_port}/metrics"

    @property
    def store_uri(self) -> str:
        trust = self._trust("&tls=true&tlsCAFile=")
        # Its threads for clients that watch it wake four times a second each, and it has one core.
        return f"mongodb://{HOST}:{self.store_port}/?directConnection=true&serverMonitoringMode=poll{trust}"

    def _trust(self, words: str) -> str:
        return f"{words}{quote(str(Path(self.tls) / CA), safe='/')}" if self.tls else ""

    @classmethod
    def read(cls, home: Path) -> EmbeddedAddresses:
        """What an `Embedded` of this home last wrote. Raises NotRunning when there is nothing."""
        try:
            content = read_file(home)
            return cls(
                **{f.name: content[f.name] for f in fields(cls) if f.name in content or f.default is MISSING}
            )
        except (FileNotFoundError, KeyError) as error:
            raise NotRunning(f"nothing was started in {home}") from error

    @classmethod
    def for_home(
        cls,
        home: Path,
        ports: Mapping[str, int] | None = None,
        host: str | None = None,
        tls: Path | None = None,
    ) -> EmbeddedAddresses:
        """The addresses of a home that is about to start.

        Name and password of an earlier start stay, because the data belongs to them; so do its ports
        as far as they are free. `ports` ({"amqp_port": 5673, ...}) decides over both. `host` and `tls` stay
        too unless they are given.
        """
        try:
            before = asdict(cls.read(home))
        except NotRunning:
            mark = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:10]
            before = {
                "user": "hatchery",
                "password": secrets.token_urlsafe(24),
                "erlang_node": f"hatchery-{mark}@localhost",
            }
        names = [field.name for field in fields(cls) if field.name.endswith("_port")]
        taken = set((ports or {}).values())
        chosen: dict[str, Any] = dict(ports or {})
        for name in names:
            if name not in chosen:
                old = before.get(name)
                chosen[name] = old if old and old not in taken and _is_free(old) else free_ports(1, taken)[0]
                taken.add(chosen[name])
        if host:
            chosen["host"] = host
        if tls:
            chosen["tls"] = str(tls.resolve())
        return cls(**{**before, **chosen})


def read_file(home: Path) -> dict[str, Any]:
    """The whole file: addresses, and `processes` while something runs."""
    content = yaml.safe_load((home / FILE).read_text(encoding="utf-8"))
    return content if isinstance(content, dict) else {}


def write_file(
    home: Path, addresses: EmbeddedAddresses, processes: Mapping[str, Mapping[str, int]], *, ready: bool
) -> None:
    """Replaces the file in one step, readable by its owner only: it holds the password.

    `ready` says that all processes served when this was written.
    """
    running = {name: dict(process) for name, process in processes.items()}
    descriptor, new = tempfile.mkstemp(prefix=f".{FILE}.", dir=home)  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        yaml.safe_dump({**asdict(addresses), "ready": ready, "processes": running}, stream)
    Path(new).replace(home / FILE)


def free_ports(count: int, taken: set[int] | None = None) -> list[int]:
    """So many different ports on loopback on which nothing listens now."""
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):  # spreads parallel runs, hides nothing
        if len(found) == count:
            break
        if port not in (taken or ()) and _is_free(port):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def accepts(port: int, timeout: float = 1.0, host: str = HOST) -> bool:
    """Whether something takes connections on this port, on loopback unless said; `timeout` in seconds."""
    try:
        with socket.create_connection((host, port), timeout):
            return True
    except OSError:
        return False
