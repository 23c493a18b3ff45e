"""Other systems that look on from outside: at each node a queue with a user of its own, which reads all events.

What a subscriber is given it writes down before it acknowledges: an append-only file, in the order of delivery.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pika
from pika.exceptions import AMQPError

from deploy import subscribers
from deploy.places import own_place
from tests.faults.storm.world import World

NAME = "onlooker"
LENGTH = 1_000_000  # messages that may wait: more than a storm has
BATCH = 200  # messages that are acknowledged at once
IDLE = 0.5  # seconds without a message before those there are, are acknowledged
KEPT = ("id", "source", "type", "subject", "sequence", "epoch", "correlationid")


class Subscriber(threading.Thread):
    """Reads the queue of one node until it is told to stop, through whatever becomes of the broker."""

    def __init__(self, world: World, area: str, stopping: threading.Event) -> None:
        super().__init__(name=f"{NAME}-{area}", daemon=True)
        self.stopping, self.area = stopping, area
        self.file = path(world.home.path, area)
        self.file.parent.mkdir(exist_ok=True)
        self.connections = 0
        place = own_place(world.home, area)
        subscribers.add(place, area, NAME, ("#",), LENGTH, say=lambda _: None)
        self._uri = subscribers.rotate(place, area, NAME)

    def run(self) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            while not self.stopping.is_set():
                try:
                    self._read(file)
                except (AMQPError, OSError):
                    self.stopping.wait(1.0)

    def _read(self, file: Any) -> None:
        with pika.BlockingConnection(pika.URLParameters(self._uri)) as connection:
            self.connections += 1
            channel = connection.channel()
            channel.basic_qos(prefetch_count=2 * BATCH)
            count, last = 0, None
            for method, _, body in channel.consume(f"sub.{NAME}", inactivity_timeout=IDLE):
                if method is not None:
                    event = json.loads(body)
                    line = {name: event.get(name) for name in KEPT} | {"at": time.time()}
                    if "directedto" not in event:
                        file.write(json.dumps(line) + "\n")
                    count, last = count + 1, method.delivery_tag
                if last is not None and (method is None or count >= BATCH):
                    file.flush()
                    channel.basic_ack(last, multiple=True)
                    count, last = 0, None
                if self.stopping.is_set() and last is None:
                    return


def path(home: Path, area: str) -> Path:
    return home / "seen" / f"{area}.jsonl"


def seen(home: Path, area: str) -> Iterator[dict[str, Any]]:
    """What the subscriber of a node was given, in that order."""
    with path(home, area).open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield json.loads(line)
