"""A fuzzer on the bus: bad messages from children, from above and from local processes, valid ones between them.

    python -m tests.faults.bus_fuzzing --messages 100000 --seed 1

Starts a broker, a store and a street with all services of its own in a temporary folder, and plays its communities,
its district and a local publisher. Each message has a fate that it ought to meet (`tests/faults/messages.py`):
dead-lettered with a certain reason at each service that hears of it, refused at the ingress, parked, or taken. Ends
with 0 only where each met its own: every letter is read and counted by its body, what was taken is counted by the
handlers' own figures and looked up in the stores, letters of notifications exist once for each event, nothing waits,
no service was started again, and no service's memory grew beyond a bound. The tests do the same with some hundred
messages.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pika
import requests
from pika.adapters.blocking_connection import BlockingChannel
from pymongo import MongoClient
from pymongo.database import Database

from shared.events.handlers import Handler
from shared.events.topology import REFUSED as REFUSED_QUEUE
from shared.events.topology import RETRIES, dead_queue, ingress, parked_queue, service_queue
from shared.events.types import routing_key
from shared.node import SERVICES
from tests.bus import declare_ingress, link_user
from tests.contracts.published import NAMES, service
from tests.faults.alone import alone
from tests.faults.bad_messages import shots
from tests.faults.messages import (
    CHILDREN,
    DISTRICT,
    HERE,
    PARKED,
    PLAIN,
    REFUSED,
    TAKEN,
    WINDOW,
    Maker,
    Shot,
    bound,
    handlers,
    is_replica,
)
from tests.harness import RunningNode

PATIENCE = 120.0  # seconds without any progress after which the services are stuck
BEGINNING = 600  # bytes of a message that is shown
GROWTH = 200  # MiB by which a service's memory may grow
SHOWN = 20  # deviations that are printed

Handled = Counter[tuple[str, str, str]]  # by service, handler, outcome


@dataclass
class Figures:
    """What came of a run; anything that is `wrong` says so in a line."""

    sent: Counter[str] = field(default_factory=Counter)  # by kind
    met: Counter[tuple[str, str]] = field(default_factory=Counter)  # by kind and fate, one for each service
    seconds: float = 0.0
    memory: dict[str, tuple[int, int]] = field(default_factory=dict)  # MiB by service, before and after
    looked_up: int = 0  # states of records in stores
    letters: int = 0  # that notifications wrote
    wrong: list[str] = field(default_factory=list)


class Fuzzing:
    """One run against one node, whose queues hold nothing yet."""

    def __init__(self, node: RunningNode, seed: int) -> None:
        self.node, self.maker, self.figures = node, Maker(seed), Figures()
        for child in (*CHILDREN, PLAIN):
            declare_ingress(node, child)
        self.links = {ingress(child): link_user(node, child) for child in (*CHILDREN, PLAIN)}
        self.expected: dict[
            str, dict[bytes, Counter[tuple[str, str]]]
        ] = {}  # by queue and body: reason, kind
        self.bodies: dict[bytes, bytes] = {}  # how a message begins that is not to be taken
        self.told: Handled = Counter()

    def run(self, count: int) -> Figures:
        pids, before, memory = self._pids(), self._handled(), self._memory()
        started = time.monotonic()
        self._fire(count)
        self._settle()
        self.figures.seconds = time.monotonic() - started
        self._check_letters()
        self._check_handled(before)
        self._check_stores()
        self._check_services(pids, memory)
        return self.figures

    # Sending

    def _fire(self, count: int) -> None:
        local = self.node.amqp()
        connections = {way: pika.BlockingConnection(user) for way, user in self.links.items()}
        channels = {way: connection.channel() for way, connection in connections.items()}
        other = local.channel()
        messages = shots(self.maker, count)
        while window := list(islice(messages, WINDOW)):
            for shot in window:
                self._send(channels.get(shot.exchange, other), shot)
            for channel in (*channels.values(), other):
                channel.queue_declare(REFUSED_QUEUE, passive=True)  # answered when the rest was taken
        for connection in (*connections.values(), local):
            connection.close()

    def _send(self, channel: BlockingChannel, shot: Shot) -> None:
        if shot.properties.user_id:
            shot.properties.user_id = self.links[shot.exchange].credentials.username
        channel.basic_publish(shot.exchange, shot.key, shot.body, shot.properties)
        self.figures.sent[shot.kind] += 1
        self.told += shot.told
        for name, fate in shot.fates.items():
            if fate == TAKEN:
                self.figures.met[shot.kind, fate] += 1
                continue
            found = self.expected.setdefault(_queue_of(name, fate), {})
            found.setdefault(_digest(shot.body), Counter())[fate, shot.kind] += 1
            self.bodies[_digest(shot.body)] = shot.body[:BEGINNING]

    # Waiting

    def _settle(self) -> None:
        """Until the queues are empty and what was sent is where it ought to be, or nothing moves any more."""
        wanted = {queue: sum(c.total() for c in of.values()) for queue, of in self.expected.items()}
        last: tuple[dict[str, int], Handled | None] | None = None
        since = time.monotonic()
        while time.monotonic() - since < PATIENCE:
            depths = self._depths()
            waiting = [depths[service_queue(name)] for name in NAMES]
            if not any(waiting) and all(depths[queue] >= count for queue, count in wanted.items()):
                handled = self._handled()
                if last == (depths, handled):
                    return
                last, since = (depths, handled), time.monotonic()
            elif last is None or last[0] != depths:
                last, since = (depths, None), time.monotonic()
            time.sleep(1.0)
        self.figures.wrong.append(f"stuck: {self._depths()}")

    def _depths(self) -> dict[str, int]:
        queues = [f(name) for name in NAMES for f in (service_queue, dead_queue, parked_queue)]
        with self.node.amqp() as connection:
            channel = connection.channel()
            return {
                queue: int(channel.queue_declare(queue, passive=True).method.message_count)
                for queue in (*queues, *RETRIES, REFUSED_QUEUE)
            }

    # Judging

    def _check_letters(self) -> None:
        """Every message in every queue of the unwanted is one that ought to lie there, for the reason it gives."""
        for name in NAMES:
            self._check_queue(dead_queue(name))
            self._check_queue(parked_queue(name))
        self._check_queue(REFUSED_QUEUE)
        for queue in RETRIES:
            for reason, detail, body in self._letters(queue):
                self._wrong(f"tried again and again: {reason} {detail[:300]} {body[:BEGINNING]!r}")

    def _check_queue(self, queue: str) -> None:
        expected = self.expected.get(queue, {})
        for reason, detail, body in self._letters(queue):
            ought = expected.get(_digest(body), Counter())
            met = next((one for one in ought if one[0] in (reason, REFUSED)), None)
            if met is None:
                told = f"{reason} {detail[:200]}, not {list(ought)}"
                self._wrong(f"in {queue} as {told}: {body[:BEGINNING]!r}")
                continue
            self.figures.met[met[1], met[0]] += 1
            ought[met] -= 1
            if not ought[met]:
                del ought[met]
        for digest, missing in expected.items():
            for (fate, kind), count in missing.items():
                self._wrong(f"{count} {kind!r} not in {queue} as {fate}: {self.bodies[digest]!r}")

    def _letters(self, queue: str) -> Iterator[tuple[str, str, bytes]]:
        with self.node.amqp() as connection:
            channel = connection.channel()
            count = channel.queue_declare(queue, passive=True).method.message_count
            for _ in range(count):
                method, properties, body = channel.basic_get(queue)
                if method is None:
                    return
                headers = properties.headers or {}
                yield str(headers.get("x-reason")), str(headers.get("x-detail")), body

    def _check_handled(self, before: Handled) -> None:
        """Handlers of what the node itself tells of as well are left out: the stores answer for those. One name may
        stand for several nouns (heads of the audit's chains), which are counted together."""
        now, ours = self._handled(), self._own_nouns()
        for name in NAMES:
            entries = _entries(name)
            also_ours = {h.name for h in entries if h.service == "*" or f"{h.service}.{h.noun}" in ours}
            for handler in {h.name for h in entries} - also_ours:
                for outcome in ("applied", "stale", "duplicate", "elsewhere"):
                    key = (name, handler, outcome)
                    counted, told = now[key] - before[key], self.told[key]
                    if counted != told:
                        self._wrong(f"{name}: {handler} was {outcome} {counted} times, not {told}")

    def _own_nouns(self) -> set[str]:
        with self._client() as client:
            types = [
                one
                for name in NAMES
                for one in client[self._base(name)].sent_events.distinct("envelope.type")
            ]
        return {one.rsplit(".", 1)[0] for one in types} | {"gateway.node"}

    def _check_stores(self) -> None:
        with self._client() as client:
            stores = {name: client[self._base(name)] for name in NAMES}
            for record in self.maker.records:
                envelope = record.envelope(record.known)
                for name in bound(routing_key(envelope)):
                    for one in handlers(name, envelope):
                        if one.kept is None:
                            continue
                        found = stores[name][one.kept._get_collection_name()].find_one(
                            {"_id": record.subject}
                        )
                        state = found and (found.get("sequence"), found.get("owner"))
                        if is_replica(one) and record.node == HERE:
                            right: object = None
                        else:
                            right = (record.known, record.node)
                        self.figures.looked_up += 1
                        if state != right:
                            self._wrong(f"{name}: {one.name} has {state}, not {right}: {envelope['type']}")
            self._check_written(stores["notifications"])

    def _check_written(self, store: Database[Any]) -> None:
        """Each event of which a letter is to be written has its letters, each once."""
        written: Counter[str] = Counter()
        for collection in ("messages", "notices", "reminders"):
            for one in store[collection].find({}, {"inbox": 1}):
                written.update(one.get("inbox", ()))
        for record in self.maker.records:
            event = self.maker.letters.get(record.subject)
            if event is None:
                continue
            for one in handlers("notifications", record.envelope(1, verb=event.verb)):
                if one.kind == "effect" and not one.name.startswith("tell_above"):
                    count = written[f"{record.subject}-1:{one.name}"]
                    self.figures.letters += count
                    if count != 1:
                        self._wrong(f"{one.name} wrote {count} letters of {event.type}")

    def _check_services(self, pids: dict[str, str], memory: dict[str, int]) -> None:
        if (now := self._pids()) != pids:
            self._wrong(f"started again: {[name for name in pids if pids[name] != now[name]]}")
        after = self._memory()
        for name in NAMES:
            self.figures.memory[name] = (memory[name], after[name])
            if after[name] - memory[name] > GROWTH:
                self._wrong(f"{name} grew from {memory[name]} to {after[name]} MiB")
            if not requests.get(f"{self.node.service_url(name)}/readyz", timeout=30).ok:
                self._wrong(f"{name} is not ready")

    def _wrong(self, line: str) -> None:
        self.figures.wrong.append(line)

    # Looking at the node

    def _pids(self) -> dict[str, str]:
        return {name: (self.node.folder / "log" / f"{name}.pid").read_text() for name in NAMES}

    def _memory(self) -> dict[str, int]:
        """Resident MiB of each service."""
        found = {}
        for name, pid in self._pids().items():
            lines = Path(f"/proc/{pid.strip()}/status").read_text(encoding="ascii").splitlines()
            [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS")]
            found[name] = int(kilobytes) // 1024
        return found

    def _handled(self) -> Handled:
        found: Handled = Counter()
        for name in NAMES:
            text = requests.get(f"{self.node.service_url(name)}/metrics", timeout=30).text
            for handler, outcome, count in _COUNTED.findall(text):
                found[name, handler, outcome] += int(float(count))
        return found

    def _client(self) -> MongoClient[dict[str, Any]]:
        return MongoClient(self.node.embedded.addresses.store_uri)

    def _base(self, name: str) -> str:
        return f"{self.node.vhost}_".replace("-", "_") + f"{self.node.area}_{name}"


_COUNTED = re.compile(
    r'^hatchery_events_handled_total\{handler="([^"]*)",outcome="([^"]*)"\} (\S+)$', re.MULTILINE
)


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _queue_of(name: str, fate: str) -> str:
    if fate == REFUSED:
        return REFUSED_QUEUE
    return parked_queue(name) if fate in PARKED else dead_queue(name)


def _entries(name: str) -> list[Handler]:
    return list(service(name).handlers)


def shown(found: Figures) -> str:
    """A table: what was sent, and what became of it."""
    rows = [f"{'kind':<48}{'sent':>8}  fates, one for each service that hears of it"]
    for kind, count in sorted(found.sent.items()):
        fates = sorted((fate, n) for (of, fate), n in found.met.items() if of == kind)
        rows.append(f"{kind:<48}{count:>8}  {', '.join(f'{fate} {n}' for fate, n in fates)}")
    total: Counter[str] = Counter()
    for (_, fate), n in found.met.items():
        total[fate] += n
    rows += [
        f"{'all':<48}{found.sent.total():>8}  {', '.join(f'{k} {n}' for k, n in sorted(total.items()))}",
        f"states looked up in stores: {found.looked_up}; letters written, each once: {found.letters}",
        f"seconds: {found.seconds:.0f}",
        "MiB before and after: "
        + ", ".join(f"{name} {before} {after}" for name, (before, after) in found.memory.items()),
        f"wrong: {len(found.wrong)}",
    ]
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Bad messages on the bus, valid ones between them.")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with alone(SERVICES, HERE, parent=DISTRICT) as node:
        found = Fuzzing(node, given.seed).run(given.messages)
    sys.stdout.write(shown(found) + "\n")
    for line in found.wrong[:SHOWN]:
        sys.stdout.write(f"wrong: {line}\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
