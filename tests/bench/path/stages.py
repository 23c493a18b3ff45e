"""Each stage of the path alone, with the thinnest client: what the machine can do at best.

Every stage tells its rate, the CPU-seconds that one operation takes over all processes, client and servers, and how
long one takes that nothing waits beside. What is written and sent has the size of an event.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import amqp
import requests
from pymongo import MongoClient

from tests.bench.path import cpu
from tests.bench.path.load import CONNECTIONS, Client, Plan
from tests.bench.path.machine import Machine
from tests.harness import ROOT, eventually, free_base_port

THREADS = (1, 8)  # of the store's client; the better rate counts
WINDOW = 200  # events under way, as the relay has
ACKED = 100  # deliveries acknowledged at once, as the consumer does
ALONE = 50  # operations one after the other, whose median is told
EVENT = {"type": "registry.organisation.opinion_given", "sequence": 1, "data": "x" * 1200}
BODY = json.dumps(EVENT).encode()
QUEUE = "stage"


@dataclass(frozen=True)
class Stage:
    name: str
    rate: float  # operations per second
    cpu_ms: float  # per operation, over all processes
    alone_ms: float  # of one, nothing beside it

    def told(self) -> dict[str, Any]:
        return {name: round(v, 3) if isinstance(v, float) else v for name, v in asdict(self).items()}


def measure(machine: Machine, seconds: float, count: int) -> list[Stage]:
    """All stages; each for about `seconds`, but no more than `count` operations of the broker's."""
    return [
        _echo(machine, count),
        _store(machine, "journaled insert", _insert, seconds),
        *_broker(machine, count),
        _store(machine, "journaled idempotent upsert", _upsert, seconds),
    ]


def limit(stages: Sequence[Stage], cores: int | None = None) -> tuple[float, str]:
    """Events per second that no path of these stages can pass, and by what: the slowest stage, or all of them
    together on this machine's cores."""
    slowest = min(stages, key=lambda stage: stage.rate)
    together = (cores or len(os.sched_getaffinity(0))) / sum(stage.cpu_ms / 1000 for stage in stages)
    return (slowest.rate, slowest.name) if slowest.rate < together else (together, "CPU of all stages")


def _timed(
    processes: Mapping[str, int], work: Callable[[], int], client: Callable[[], float] = time.process_time
) -> tuple[float, float]:
    """Rate, and CPU milliseconds per operation, of work that returns how many operations it was."""
    before, own, began = cpu.read(processes), client(), time.monotonic()
    count = work()
    seconds = time.monotonic() - began
    used = sum(cpu.between(before, cpu.read(processes)).values()) + client() - own
    return count / seconds, 1000 * used / count


def _alone(once: Callable[[], object]) -> float:
    took = []
    for _ in range(ALONE):
        began = time.perf_counter()
        once()
        took.append(time.perf_counter() - began)
    return 1000 * statistics.median(took)


# --- HTTP


def _echo(_machine: Machine, count: int) -> Stage:
    port = free_base_port()
    request = (
        f"POST /echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
        + BODY
    )
    with _echoing(port) as server:
        taken = [0.0]

        def burst(number: int = count, connections: int = CONNECTIONS) -> int:
            client = Client(Plan(port, [request] * number, [0.0] * number, connections))
            taken[:] = [0.0]
            client.begin()
            answers = client.answers()
            assert set(answers.status) == {200}
            taken[:] = [answers.cpu, max(answers.answered)]
            return number

        burst(200)
        before = cpu.read(server)
        burst()
        used = sum(cpu.between(before, cpu.read(server)).values()) + taken[0]
        rate = count / taken[1]
        burst(ALONE, 1)
        return Stage("HTTP echo", rate, 1000 * used / count, 1000 * taken[1] / ALONE)


@contextmanager
def _echoing(port: int) -> Iterator[Mapping[str, int]]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.bench.path.echo", str(port)], cwd=ROOT
    )
    try:
        eventually(lambda: requests.post(f"http://127.0.0.1:{port}/", data=b"x", timeout=2).ok)
        yield {"server": process.pid}
    finally:
        process.terminate()
        process.wait(10)


# --- store

Write = Callable[[Any, int], object]


def _insert(collection: Any, number: int) -> None:
    collection.insert_one({"_id": f"{number:09}", **EVENT})


def _upsert(collection: Any, number: int) -> None:
    """What makes it idempotent is the key and the place; of four times one is news, as where a record changes."""
    state = {"$set": {"data": EVENT["data"]}, "$max": {"sequence": number}}
    collection.update_one({"_id": f"{number // 4:09}"}, state, upsert=True)


def _store(machine: Machine, name: str, write: Write, seconds: float) -> Stage:
    with machine.client() as client:
        best = max(_threads(machine, client, write, seconds / len(THREADS), threads) for threads in THREADS)
        collection = _empty(client)
        numbers = iter(range(ALONE))
        return Stage(name, *best, _alone(lambda: write(collection, next(numbers))))


def _empty(client: MongoClient[dict[str, Any]]) -> Any:
    client.drop_database("stages")
    return client["stages"]["events"]


def _threads(
    machine: Machine, client: MongoClient[dict[str, Any]], write: Write, seconds: float, threads: int
) -> tuple[float, float]:
    collection = _empty(client)
    write(collection, 999_999_999)
    end = time.monotonic() + seconds

    def one(first: int) -> int:
        number = 0
        while time.monotonic() < end:
            write(collection, first + number)
            number += 1
        return number

    with ThreadPoolExecutor(threads) as pool:
        return _timed(machine.servers, lambda: sum(pool.map(one, range(0, 10_000_000 * threads, 10_000_000))))


# --- broker


def _broker(machine: Machine, count: int) -> list[Stage]:
    vhost = machine.vhost("stage")
    with machine.amqp(vhost) as connection:
        channel = connection.channel()
        channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        confirmed, delivered = _alone_at_broker(connection)
        published = _timed(machine.servers, lambda: _publish(connection, count))
        taken = _timed(machine.servers, lambda: _take(connection, count))
    return [
        Stage("windowed confirm to a quorum queue", *published, confirmed),
        Stage("consume and acknowledge", *taken, delivered),
    ]


def _message() -> amqp.Message:
    return amqp.Message(BODY, content_type="application/cloudevents+json", delivery_mode=2)


def _publish(connection: amqp.Connection, count: int) -> int:
    channel = connection.channel()
    channel.confirm_select()
    open_: set[int] = set()

    def settled(tag: int, multiple: bool) -> None:
        open_.difference_update({one for one in open_ if one <= tag} if multiple else {tag})

    channel.events["basic_ack"].add(settled)
    for tag in range(1, count + 1):
        open_.add(tag)
        channel.basic_publish(_message(), exchange="", routing_key=QUEUE, mandatory=True)
        while len(open_) >= WINDOW:
            connection.drain_events(timeout=30)
    while open_:
        connection.drain_events(timeout=30)
    channel.close()
    return count


def _take(connection: amqp.Connection, count: int) -> int:
    channel = connection.channel()
    channel.basic_qos(0, 2 * ACKED, False)
    taken = 0

    def take(one: amqp.Message) -> None:
        nonlocal taken
        taken += 1
        if taken % ACKED == 0 or taken == count:
            channel.basic_ack(one.delivery_tag, multiple=True)

    channel.basic_consume(QUEUE, callback=take)
    while taken < count:
        connection.drain_events(timeout=30)
    channel.close()
    return count


def _alone_at_broker(connection: amqp.Connection) -> tuple[float, float]:
    """Milliseconds from a message's publication to its confirm, and from there until a consumer has it (which may
    be before)."""
    channel = connection.channel()
    channel.confirm_select()
    at = {"confirmed": 0.0, "delivered": 0.0}
    channel.events["basic_ack"].add(lambda _tag, _multiple: at.update(confirmed=time.perf_counter()))

    def take(one: amqp.Message) -> None:
        at["delivered"] = time.perf_counter()
        channel.basic_ack(one.delivery_tag)

    channel.basic_consume(QUEUE, callback=take)
    took = []
    for _ in range(ALONE):
        at |= {"confirmed": 0.0, "delivered": 0.0}
        began = time.perf_counter()
        channel.basic_publish(_message(), exchange="", routing_key=QUEUE, mandatory=True)
        while not all(at.values()):
            connection.drain_events(timeout=30)
        took.append((at["confirmed"] - began, max(0.0, at["delivered"] - at["confirmed"])))
    channel.close()
    confirmed, delivered = (1000 * statistics.median(each) for each in zip(*took, strict=True))
    return confirmed, delivered
