"""Peers that do the same job on the same broker and store, each written as its documentation shows: see `peers`.

A POST writes a record and tells of it; a second service keeps what it was told. Both are processes of their own.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

import requests
from pymongo import MongoClient

from shared.ids import new_id
from tests.bench.path.machine import Machine
from tests.bench.path.runs import Counts, Request
from tests.harness import ROOT, eventually, free_base_port

# What ours tells of a record, about: what is written and told has the same size.
BODY = {
    "area": "230102001", "name": "晨练队", "track": "filed", "status": "applied", "established_on": "2018-05-04",
    "supervising_unit": "文化馆", "opinion": {"approve": True, "opinion": "同意"}, "filling": "x" * 900,
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """A peer: the command of the service that takes requests, and of that which reads."""

    name: str
    needs: Sequence[str]  # packages, whose versions are told
    service: Sequence[str]
    reader: Sequence[str]

    @property
    def installed(self) -> bool:
        return all(importlib.util.find_spec(package) for package in self.needs)

    @property
    def versions(self) -> dict[str, str]:
        return {package: version(package) for package in self.needs}


_HERE = "tests.bench.path.peers"
_NAMEKO = (sys.executable, "-m", f"{_HERE}.run_nameko")
_READER = (sys.executable, "-m", "faststream", "run", f"{_HERE}.faststream_reader:app")


def _uvicorn(module: str) -> Sequence[str]:
    options = ("--port", "{port}", "--loop", "uvloop", "--http", "httptools", "--log-level", "warning")
    return (sys.executable, "-m", "uvicorn", f"{_HERE}.{module}:app", *options, "--no-access-log")


_FASTSTREAM = ("faststream", "fastapi", "uvicorn", "uvloop", "httptools")
KINDS = (
    Kind("plain Nameko", ("nameko",), (*_NAMEKO, "Records", "{port}"), (*_NAMEKO, "Reader", "{spare}")),
    Kind("FastStream", _FASTSTREAM, _uvicorn("faststream_plain"), _READER),
    Kind("FastStream with outbox", _FASTSTREAM, _uvicorn("faststream_outbox"), _READER),
)


class Peer:
    """One of them, running."""

    def __init__(
        self, machine: Machine, kind: Kind, database: str, port: int, pids: Mapping[str, int]
    ) -> None:
        self.name, self.port = kind.name, port
        self.processes = {**machine.servers, **pids}
        self._client: MongoClient[dict[str, Any]] = machine.client()
        self._database = self._client[database]
        self._asked: list[str] = []

    def begin(self) -> None:
        self._asked = []

    def requests(self, count: int) -> list[Request]:
        made = []
        for _ in range(count):
            identifier = new_id()
            body = json.dumps({"_id": identifier} | BODY).encode()
            head = (
                f"POST /records HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            made.append(Request(head.encode() + body, identifier, 1))
            self._asked.append(identifier)
        return made

    def applied(self, records: Sequence[str]) -> Mapping[str, int]:
        found = self._database["known"].find({"_id": {"$in": list(records)}}, {"_id": 1})
        return {one["_id"]: 1 for one in found}

    def counts(self, accepted: int) -> Counts:
        written = self._database["records"].find({"_id": {"$in": self._asked}}, {"_id": 1})
        times = [
            one["times"] for one in self._database["known"].find({"_id": {"$in": self._asked}}, {"times": 1})
        ]
        there = len(list(written))
        return Counts(max(accepted - there, accepted - len(times)), 0, sum(times) - len(times))


@contextmanager
def running(machine: Machine, kind: Kind) -> Iterator[Peer]:
    vhost = machine.vhost("peer")
    port = free_base_port()
    addresses = machine.embedded.addresses
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PEER_BROKER": addresses.amqp_uri(vhost),
        "PEER_STORE": addresses.store_uri,
        "PEER_DATABASE": vhost.replace("-", "_"),
    }
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in (("reader", kind.reader), ("service", kind.service)):
            filled = [word.format(port=port, spare=port + 1) for word in command]
            log = (machine.folder / f"{vhost}-{name}.log").open("wb")
            started[name] = subprocess.Popen(filled, cwd=ROOT, env=environment, stdout=log, stderr=log)
        peer = Peer(machine, kind, environment["PEER_DATABASE"], port, {n: p.pid for n, p in started.items()})
        eventually(partial(_takes, port), what=f"{kind.name} takes requests")
        eventually(partial(_applies, peer, []), what=f"{kind.name} applies events")
        yield peer
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            process.wait(30)


def _takes(port: int) -> bool:
    return requests.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 404


def _applies(peer: Peer, sent: list[str]) -> bool:
    """One of the records sent so far is read: what is told before the reader's queue is there is lost to it."""
    sent.append(new_id())
    body = {"_id": sent[-1]}
    requests.post(f"http://127.0.0.1:{peer.port}/records", json=body, timeout=10).raise_for_status()
    return bool(peer.applied(sent))
