"""What an event costs when the stores are full of earlier ones, and when many streets hang below a district.

Stores are filled directly: events that were sent, requests that were answered and entries of the audit are copies of
what real commands left, with new keys, and there is a record for each ten of them. Commands would take hours.

The streets are light: each runs its incubator only. What their registries would tell is published in their place, so
that what is counted is the path from there on: at the street, over the link, at the district. What the district
tells everybody descends to all streets; its cost is counted per delivery. What all processes take while nothing
happens is taken off.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pymongo import MongoClient

from services.registry.subjects.organisations import OPINION_GIVEN
from services.registry.subjects.summaries import SUMMARY_ANNOUNCED
from shared.events import envelope, topology
from shared.ids import new_id
from tests.bench.path import cpu, link, ours
from tests.bench.path.machine import Machine
from tests.bench.path.paths import Say, Told, median
from tests.bench.path.runs import burst, run
from tests.harness import RunningNode, eventually
from tests.system.conftest import Tiers

FILLED = ("sent_events", "requests", "answers", "audit")  # of the registry: one each of every event
EVENTS_OF_A_RECORD = 10
AT_ONCE = 1000  # records in one write
RECORDS = 100  # of all streets together
LIGHT = "incubator"  # the service that streets run
IDLE = 3.0  # seconds
PATIENCE = 120.0  # seconds


@dataclass(frozen=True)
class Sizes:
    stores: Sequence[int]  # events in the store
    streets: Sequence[int]
    events: int  # of each run
    runs: int


FULL = Sizes((1_000, 10_000, 100_000), (1, 5, 20), 500, 3)
QUICK = Sizes((200, 1_000), (1, 2), 100, 1)


def measure(machine: Machine, sizes: Sizes, say: Say) -> Told:
    told = {"events in the store": {"cpu_ms": _by_store(machine, sizes, say)}}
    rising, descending = _by_streets(machine, sizes, say)
    told["streets, per event that rises"] = {"cpu_ms": rising}
    told["streets, per delivery of what descends"] = {"cpu_ms": descending}
    return told


# --- full stores


def _by_store(machine: Machine, sizes: Sizes, say: Say) -> dict[str, float]:
    found = {}
    with ours.street(machine, RECORDS) as node:
        path = ours.Ours(machine, node)
        run(path, burst(2 * RECORDS))
        filling = Filling(machine, node)
        for size in sizes.stores:
            filling.up_to(size)
            run(path, burst(RECORDS))
            runs = [run(path, burst(sizes.events)) for _ in range(sizes.runs)]
            assert not any(one.counts.lost or one.counts.doubled for one in runs)
            found[str(size)] = median([one.together for one in runs])
            say(f"  {size} events in the store: {found[str(size)]:.2f} ms an event")
    return found


class Filling:
    """Copies of what real commands left in a node's stores."""

    def __init__(self, machine: Machine, node: RunningNode) -> None:
        client: MongoClient[dict[str, Any]] = machine.client()
        self._registry = client[ours.database(node, "registry")]
        self._incubator = client[ours.database(node, "incubator")]
        told = {"envelope.type": OPINION_GIVEN.type}
        self._models: dict[str, Any] = {"sent_events": self._registry["sent_events"].find_one(told)}
        for name in ("requests", "answers"):
            self._models[name] = self._registry[name].find_one()
        self._models["audit"] = eventually(lambda: self._registry["audit"].find_one({"_id": 2}))
        settled: dict[str, Any] = {"outbox": [], "trail": []}
        self._models["organisations"] = eventually(lambda: self._registry["organisations"].find_one(settled))
        self._models["known_organisations"] = self._incubator["known_organisations"].find_one()
        self._filled = 0

    def up_to(self, events: int) -> None:
        while self._filled < events:
            count = min(AT_ONCE, events - self._filled)
            for name in FILLED:
                self._registry[name].insert_many([self._copy(name, n) for n in range(count)])
            records = count // EVENTS_OF_A_RECORD
            for collection in (self._registry["organisations"], self._incubator["known_organisations"]):
                collection.insert_many([self._copy(collection.name, n) for n in range(records)])
            self._filled += count

    def _copy(self, name: str, number: int) -> dict[str, Any]:
        """Copies of the audit stand before its first entry: the chain goes on behind its last one."""
        if name == "audit":
            return self._models[name] | {"_id": -1 - self._filled - number, "entry": new_id()}
        return self._models[name] | {"_id": new_id()}


# --- many streets


@dataclass
class Estate:
    """A district and light streets below it. `places` are those of the records that events were told of so far."""

    machine: Machine
    tiers: Tiers
    model: dict[str, Any]
    places: dict[str, int] = field(default_factory=dict)

    @property
    def district(self) -> RunningNode:
        return self.tiers[ours.DISTRICT]

    @property
    def streets(self) -> list[RunningNode]:
        return [node for area, node in self.tiers.nodes.items() if area != ours.DISTRICT]

    def grow(self, count: int) -> None:
        for number in range(len(self.streets) + 1, count + 1):
            area = f"{ours.DISTRICT}{number:03}"
            self.tiers.add(area, LIGHT, ours.DISTRICT)
            self.tiers[area].launch(LIGHT)
        for street in self.streets:
            eventually(partial(street._ready, LIGHT), what=f"{street.area} ready")

    @property
    def processes(self) -> Mapping[str, int]:
        found = dict(self.machine.servers) | ours.pids(self.district)
        for street in self.streets:
            found[street.area] = int((street.folder / "log" / f"{LIGHT}.pid").read_text())
        return found

    def cost(self, work: Callable[[], int]) -> float:
        """CPU milliseconds of each of the operations that `work` does, without what they take anyway."""
        before, began = self._cpu(), time.monotonic()
        time.sleep(IDLE)
        idle = (self._cpu() - before) / (time.monotonic() - began)
        before, began = self._cpu(), time.monotonic()
        count = work()
        return 1000 * (self._cpu() - before - idle * (time.monotonic() - began)) / count

    def _cpu(self) -> float:
        return sum(cpu.read(self.processes).values())

    def rise(self, events: int) -> int:
        """Events of organisations, by turns of the streets, until the district's incubator has them."""
        sent: dict[str, list[link.Message]] = {street.area: [] for street in self.streets}
        for number in range(events):
            street = self.streets[number % len(self.streets)].area
            record = f"{street}-{number % RECORDS}"
            self.places[record] = self.places.get(record, 0) + 1
            one = self._told(OPINION_GIVEN.type, street, record) | {"sequence": self.places[record]}
            sent[street].append((one, envelope.encode(one)))
        for area, messages in sent.items():
            link.publish(self.machine, area, topology.OWN, messages)
        self._wait(self.district, "known_organisations", self.places)
        return events

    def descend(self, events: int) -> int:
        """Summaries that the district tells everybody, until each street's incubator has them."""
        messages = []
        for _ in range(events):
            one = self._told(SUMMARY_ANNOUNCED.type, ours.DISTRICT, new_id())
            one |= {"audience": "public", "sequence": 1, "dataschema": SUMMARY_ANNOUNCED.subject.dataschema}
            one["data"] = {"organisation": new_id(), **one["data"]}
            messages.append((one, envelope.encode(one)))
        link.publish(self.machine, ours.DISTRICT, topology.OWN, messages)
        for street in self.streets:
            self._wait(street, "known_summaries", {one["subject"]: 1 for one, _ in messages})
        return events * len(self.streets)

    def _told(self, kind: str, area: str, subject: str) -> dict[str, Any]:
        about = {"id": new_id(), "type": kind, "source": f"/{area}/registry", "subject": subject}
        one = self.model | about | {"area": area, "owner": area, "seat": area}
        return one | {"data": one["data"] | {"id": subject, "area": area}}

    def _wait(self, node: RunningNode, collection: str, places: Mapping[str, int]) -> None:
        with self.machine.client() as client:
            known = client[ours.database(node, LIGHT)][collection]
            asked = {"_id": {"$in": list(places)}}

            def there() -> bool:
                found = known.find(asked, {"sequence": 1})
                return sum(one["sequence"] for one in found) >= sum(places.values())

            eventually(there, within=PATIENCE, what=f"{collection} of {node.area}")


@contextmanager
def _estate(machine: Machine) -> Iterator[Estate]:
    with link.tiers(machine, (ours.DISTRICT,)) as tiers:
        district = tiers[ours.DISTRICT]
        ours.populate(machine, district, 2)
        path = ours.Ours(machine, district)
        run(path, burst(2))
        yield Estate(machine, tiers, path.last_told())


def _by_streets(machine: Machine, sizes: Sizes, say: Say) -> tuple[dict[str, float], dict[str, float]]:
    rising, descending = {}, {}
    with _estate(machine) as estate:
        for count in sizes.streets:
            estate.grow(count)
            estate.rise(RECORDS)  # each record is known to the district before anything is counted
            estate.descend(2)
            size = str(count)
            rising[size] = median([estate.cost(lambda: estate.rise(sizes.events)) for _ in range(sizes.runs)])
            told = max(5, sizes.events // count)  # as many deliveries, however many streets
            descending[size] = median([estate.cost(lambda: estate.descend(told)) for _ in range(sizes.runs)])  # noqa: B023
            say(f"  {count} streets: {rising[size]:.2f} ms an event, {descending[size]:.2f} ms a delivery")
    return rising, descending
