"""The thin client: an open loop of prepared HTTP requests over kept connections, in a process of its own.

Requests leave when they are due, whether or not those before them were answered; one that finds no connection free
leaves as soon as one is. What is late so is late in the figures too: they count from when the request was due.
"""

from __future__ import annotations

import pickle
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

CONNECTIONS = 32
PATIENCE = 60.0  # seconds for an answer
LEAD = 0.2  # seconds between the word to begin and the first request


@dataclass(frozen=True)
class Plan:
    port: int
    requests: Sequence[bytes]
    due: Sequence[float]  # seconds after the begin, in ascending order
    connections: int = CONNECTIONS


@dataclass(frozen=True)
class Answers:
    """Times in seconds after the begin, one of each request; `status` 0 where there was no answer."""

    begin: float  # on the clock that all processes of the machine share (CLOCK_MONOTONIC)
    sent: Sequence[float]
    answered: Sequence[float]
    status: Sequence[int]
    cpu: float  # seconds that the client itself took


class Client:
    """A client process that is connected and waits for the word to begin."""

    def __init__(self, plan: Plan) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-load-")
        self._result = Path(self._folder.name) / "answers"
        written = Path(self._folder.name) / "plan"
        written.write_bytes(pickle.dumps(plan))
        command = [sys.executable, "-m", __name__, str(written), str(self._result)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout
        if self._process.stdout.readline() != b"ready\n":
            raise RuntimeError("the client could not connect")

    def begin(self) -> float:
        """When the first request may leave, on the shared clock."""
        assert self._process.stdin
        at = time.monotonic() + LEAD
        self._process.stdin.write(f"{at!r}\n".encode())
        self._process.stdin.flush()
        return at

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def answers(self) -> Answers:
        """Waits for the end. Raises RuntimeError where the client failed."""
        code = self._process.wait()
        if code:
            raise RuntimeError(f"the client ended with {code}")
        answers: Answers = pickle.loads(self._result.read_bytes())
        self._folder.cleanup()
        return answers


class _Connection:
    def __init__(self, port: int) -> None:
        self.port = port
        self.number = -1  # of the request under way
        self.received = b""
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, number: int, request: bytes) -> None:
        self.number, self.received = number, b""
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status once the answer is whole; 0 where the connection ended before."""
        part = self.socket.recv(65536)
        if not part:
            return 0
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        return int(head[9:12]) if len(body) >= int(length or 0) else None


def run(plan: Plan, begin: float) -> Answers:
    count = len(plan.requests)
    sent, answered, status = [0.0] * count, [0.0] * count, [0] * count
    ready = selectors.DefaultSelector()
    idle = deque[_Connection]()
    for _ in range(min(plan.connections, count)):
        idle.append(one := _Connection(plan.port))
        ready.register(one.socket, selectors.EVENT_READ, one)
    following = done = 0
    while done < count:
        now = time.monotonic() - begin
        while idle and following < count and plan.due[following] <= now:
            one = idle.popleft()
            one.send(following, plan.requests[following])
            sent[following] = now
            following += 1
        wait = max(0.0, plan.due[following] - now) if idle and following < count else PATIENCE
        events = ready.select(wait)
        if not events and wait == PATIENCE:
            raise TimeoutError(f"no answer within {PATIENCE:g} s")
        now = time.monotonic() - begin
        for key, _ in events:
            one = key.data
            code = one.receive()
            if code is None:
                continue
            if code == 0:
                ready.unregister(one.socket)
                one.open()
                ready.register(one.socket, selectors.EVENT_READ, one)
            if one.number >= 0:
                answered[one.number], status[one.number] = now, code
                one.number = -1
                done += 1
                idle.append(one)
    return Answers(begin, sent, answered, status, 0.0)


def main(written: str, result: str) -> None:
    plan: Plan = pickle.loads(Path(written).read_bytes())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    begin = float(sys.stdin.readline())
    before = time.process_time()
    answers = run(plan, begin)
    Path(result).write_bytes(pickle.dumps(replace(answers, cpu=time.process_time() - before)))


if __name__ == "__main__":
    # Under its own name, so that what it leaves can be read by whoever started it.
    from tests.bench.path import load

    load.main(*sys.argv[1:])
