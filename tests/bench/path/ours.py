"""Ours: a street's registry takes the first opinion 初审 on an application, its incubator keeps what it needs of it.

This command was chosen since nothing but the path hangs on it: it loads a record, applies a rule, and saves it with
an event that other services and the district read. It can be repeated, and changes nothing that the directory lists;
a new organisation would also be read for the directory, which no peer does.

The records are made by copying one that came in over HTTP, directly in the store.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pymongo import MongoClient

from services.registry.commands import directory
from services.registry.subjects.organisations import OPINION_GIVEN
from shared.ids import new_id
from shared.node import load
from shared.store import connection
from tests.bench.path.machine import Machine
from tests.bench.path.runs import Counts, Request
from tests.harness import RunningNode, eventually, make_node

DISTRICT, STREET = "230102", "230102001"
SERVICES = ("registry", "incubator")
RECORDS = 1000  # applications, which the commands take by turns
AT_ONCE = 500  # records in one write
FORM = {
    "name": "晨练队", "track": "filed", "established_on": "2018-05-04", "supervising_unit": "文化馆",
}  # fmt: skip
OPINION = json.dumps({"approve": True, "opinion": "同意"}).encode()
KEPT_IN = {"registry": "organisations", "incubator": "known_organisations"}
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)  # a bounded range makes the embedded store use the index
SETTLED = 20.0  # seconds until the relay and the reader have counted what they did
APPLIED, STALE = (
    f'hatchery_events_handled_total{{handler="keep KnownOrganisation",outcome="{outcome}"}}'
    for outcome in ("applied", "stale")
)


class Ours:
    """The path at one node, or from it to the one above: `read_at` is the node whose incubator is looked at."""

    def __init__(
        self, machine: Machine, node: RunningNode, read_at: RunningNode | None = None, *, gateway: bool = True
    ) -> None:
        self.name = "ours" if gateway else "ours, at the service's own port"
        self.node, self.read_at = node, read_at or node
        self.port = node.port if gateway else int(node.service_url("registry").rpartition(":")[2])
        self._machine = machine
        self._client: MongoClient[dict[str, Any]] = machine.client()
        self._names = sorted(one["_id"] for one in self.of("registry", "organisations").find({}, {"_id": 1}))
        self._records = self._places("registry")
        self._next = 0
        self._began = dict(self._records)
        self.settled = SETTLED
        self._handled: dict[str, float] = {}

    @property
    def processes(self) -> Mapping[str, int]:
        found = self._machine.servers | pids(self.node)
        if self.read_at is not self.node:
            found |= {f"{name} above": pid for name, pid in pids(self.read_at).items()}
        return found

    def requests(self, count: int) -> list[Request]:
        """The records by turns, each with the place that it will then be at."""
        head = (
            f"Host: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\nContent-Length: {len(OPINION)}\r\n"
            f"Authorization: Bearer {self.node.token('supervising_unit')}\r\n"
        )
        made, places, names = [], self._records, self._names
        for _ in range(count):
            record = names[self._next % len(names)]
            self._next += 1
            places[record] += 1
            line = f"POST /api/registry/organisations/{record}/first-opinion HTTP/1.1\r\n"
            content = f"{line}{head}Idempotency-Key: {new_id()}\r\n\r\n".encode() + OPINION
            made.append(Request(content, record, places[record]))
        return made

    def applied(self, records: Sequence[str]) -> Mapping[str, int]:
        return self._places("incubator", records)

    def begin(self) -> None:
        self._records = self._places("registry")
        self._began = dict(self._records)
        self._since = datetime.now(UTC)
        self._handled = self._figures()

    def counts(self, accepted: int) -> Counts:
        """An event is lost where the records, the events sent or the read model stay behind what was accepted, and
        doubled where they, or what the reader took for news, are ahead of it."""
        end = time.monotonic() + self.settled
        while (found := self._counts(accepted)).lost and time.monotonic() < end:
            time.sleep(0.2)  # what was sent is marked, and what was taken counted, after the reader has it
        return found

    def _counts(self, accepted: int) -> Counts:
        records, known = self._places("registry"), self._places("incubator")
        figures = self._figures()
        taken, again = (int(figures[name] - self._handled[name]) for name in (APPLIED, STALE))
        reached = (sum(records.values()) - sum(self._began.values()), self._sent(), taken)
        told = (
            one for one in records if one in known or records[one] > self._began[one]
        )  # the others never were
        behind = sum(records[one] - known.get(one, 0) for one in told)
        lost = max(behind, *(accepted - count for count in reached))
        return Counts(lost, max(0, *(count - accepted for count in reached)), again)

    def at_record(self) -> Mapping[str, int]:
        """Each record's place where it is written."""
        return self._places("registry")

    def last_told(self) -> dict[str, Any]:
        """The envelope of an event that was sent."""
        sent = self.of("registry", "sent_events").find({"subject": {"$in": list(self._records)}}).limit(50)
        found: dict[str, Any] = next(
            one["envelope"] for one in sent if one["envelope"]["type"] == OPINION_GIVEN.type
        )
        return found

    def _sent(self) -> int:
        sent = self.of("registry", "sent_events").find(
            {"sent_at": {"$gte": self._since, "$lt": FAR_AHEAD}}, {"envelope.type": 1}
        )
        return sum(one["envelope"]["type"] == OPINION_GIVEN.type for one in sent)

    def _figures(self) -> dict[str, float]:
        return {name: self.read_at.metric("incubator", name) for name in (APPLIED, STALE)}

    def _places(self, service: str, records: Sequence[str] | None = None) -> dict[str, int]:
        """Of these records, or of all that this path takes by turns."""
        asked = {"_id": {"$in": list(self._names if records is None else records)}}
        found = self.of(service, KEPT_IN[service]).find(asked, {"sequence": 1})
        return {one["_id"]: one["sequence"] for one in found}

    def of(self, service: str, collection: str) -> Any:
        """A collection of the registry that writes, or of the incubator that reads."""
        node = self.node if service == "registry" else self.read_at
        return self._client[database(node, service)][collection]


def database(node: RunningNode, service: str) -> str:
    described: str = load(node.folder / "node.yaml").database(service)
    return described


def pids(node: RunningNode) -> dict[str, int]:
    """Of the gateway and each service."""
    return {
        name: int((node.folder / "log" / f"{name}.pid").read_text()) for name in ("gateway", *node.services)
    }


def populate(machine: Machine, node: RunningNode, count: int) -> None:
    """Applications that wait for the supervising unit's opinion: one comes in over HTTP, the others are its copies.
    The directory is worked out as the registry itself does."""
    answer = node.post("/api/registry/organisations", FORM | {"area": node.area}, "street_staff")
    assert answer.status_code == 201, answer.text
    first = answer.json()["id"]
    name = database(node, "registry")
    with machine.client() as client:
        organisations = client[name]["organisations"]
        settled = {"_id": first, "outbox": [], "trail": []}
        model: Any = eventually(lambda: organisations.find_one(settled), what="the first is told and sealed")
        model.pop("unsealed_since", None)
        ids = [new_id() for _ in range(count - 1)]
        for begin in range(0, len(ids), AT_ONCE):
            organisations.insert_many(
                [model | {"_id": identifier} for identifier in ids[begin : begin + AT_ONCE]]
            )
    connection.connect(machine.embedded.addresses.store_uri, name)
    try:
        directory.refresh(ids)
    finally:
        connection.disconnect()


@contextmanager
def street(machine: Machine, records: int = RECORDS, *, apart: bool = True) -> Iterator[RunningNode]:
    """A street's node, of whose district nothing is set up: what rises is no part of the local path."""
    vhost = machine.vhost("street")
    folder = machine.folder / vhost
    node = make_node(machine.embedded, folder, vhost, SERVICES, area=STREET, parent=DISTRICT, clock="wall")
    node.apart = apart  # as an operator starts it
    try:
        node.start()
        populate(machine, node, records)
        yield node
    finally:
        node.stop()
