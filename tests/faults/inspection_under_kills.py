"""The annual inspection of a whole district under kill -9 of the registry.

    python -m tests.faults.inspection_under_kills --organisations 20000 --kills 3

Starts a broker, a store and a district's node of its own in a temporary folder, puts the organisations straight into
the store, and does the rest by the API: the year is opened for all, some report, the window is closed. The registry is
killed in the middle of both runs. Ends with 0 only where each organisation has one inspection, each that missed it one
proposal, each event was told once, and the runs' own counts say so. The tests do the same with 60 organisations.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import requests
from pymongo import MongoClient

from services.registry.documents.organisations import Organisation
from shared.ids import new_id
from shared.node import load
from tests.faults.alone import alone
from tests.harness import RunningNode, eventually
from tests.services.registry.credit_codes import credit_code
from tests.services.registry.reports import report

DISTRICT, YEAR = "230102", 2025
OPEN, LATE = "2026-02-02T09:00:00+08:00", "2026-06-01T09:00:00+08:00"
LONGEST = 1800.0  # seconds for one run, kills included
REPORTING = 20  # organisations that hand a report in before the window closes, a tenth of all at most
_BEFORE = datetime(2025, 1, 6, tzinfo=UTC)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def organisations(area: str, number: int) -> Iterator[dict[str, Any]]:
    """Registered organisations as the registry stores them, in ten communities of a street."""
    for n in range(number):
        one = Organisation(
            id=new_id(),
            area=f"{area}001{n % 10 + 1:03d}" if len(area) == 6 else area,
            owner=area[:6],
            seat=area[:6],
            version=1,
            sequence=1,
            created_at=_BEFORE,
            updated_at=_BEFORE,
            name=f"第{n}社会服务中心",
            track="registered",
            type="non_enterprise",
            credit_code=credit_code(),
            supervising_unit="区民政局",
            established_on=date(2015, 5, 4),
            status="active",
            generated=True,
        )
        yield one.to_mongo().to_dict()


@dataclass
class Trial:
    """One inspection of all organisations of `area`, at a running node."""

    node: RunningNode
    area: str
    number: int
    kills: int
    faults: list[str] = field(default_factory=list)
    killed_at: list[int] = field(default_factory=list)  # records done when it was killed
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client: MongoClient[dict[str, Any]] = MongoClient(
            self.node.embedded.addresses.store_uri, tz_aware=True
        )
        self.store = self.client[load(self.node.folder / "node.yaml").database("registry")]

    def run(self) -> None:
        self.fill()
        seconds, opened = self.work("open_year", OPEN, "inspections", self.kills - self.kills // 2)
        self.told.append(f"open_year: {opened['outcomes']} in {seconds:.1f} s, failures {opened['failures']}")
        self.check("inspections", self.number, opened["outcomes"], {"non_enterprise": self.number})
        reporting = min(REPORTING, self.number // 10)
        self.report(reporting)
        seconds, closed = self.work("close_window", LATE, "listings", self.kills // 2)
        missed = self.number - reporting
        self.told.append(
            f"close_window: {closed['outcomes']} in {seconds:.1f} s, failures {closed['failures']}"
        )
        self.check("listings", missed, closed["outcomes"], {"missed": missed, "submitted": reporting})
        self.check_events({"registry.inspection.opened": self.number, "registry.listing.proposed": missed})
        self.client.close()

    def fill(self) -> None:
        some: list[dict[str, Any]] = []
        for one in organisations(self.area, self.number):
            some.append(one)
            if len(some) == 1000:
                self.store["organisations"].insert_many(some)
                some = []
        if some:
            self.store["organisations"].insert_many(some)

    def work(self, kind: str, now: str, fills: str, kills: int) -> tuple[float, dict[str, Any]]:
        """Start a run, kill the registry so many times while it fills a collection, and wait for its end."""
        body = {"kind": kind, "area": self.area, "year": YEAR}
        began = time.monotonic()
        answer = self.node.post("/api/registry/runs", body, now=now)
        assert answer.status_code == 201, answer.text
        address = f"/api/registry/runs/{answer.json()['id']}"
        for n in range(kills):
            share = self.number * (n + 1) // (kills + 1)
            eventually(lambda least=share: self.count(fills) >= least, within=LONGEST)  # type: ignore[misc]
            self.node.kill("registry")
            self.killed_at.append(self.count(fills))
        found = self.finished(address)
        return time.monotonic() - began, found

    def finished(self, address: str) -> dict[str, Any]:
        def looked() -> dict[str, Any] | None:
            try:
                answer = self.node.get(address)
            except requests.RequestException:
                return None  # the registry is being started again
            done = answer.ok and answer.json()["status"] == "finished"
            return dict(answer.json()) if done else None

        found: dict[str, Any] = eventually(looked, within=LONGEST)
        return found

    def count(self, collection: str) -> int:
        return int(self.store[collection].count_documents(self.within()))

    def within(self) -> dict[str, Any]:
        return {"area": {"$gte": self.area, "$lt": self.area + ":"}}

    def report(self, number: int) -> None:
        for one in self.store["inspections"].find(self.within()).sort("_id").limit(number):
            base = f"/api/registry/inspections/{one['_id']}"
            for what, body in (("draft", report()), ("submission", None)):
                answer = self.node.post(f"{base}/{what}", body, now=OPEN)
                assert answer.ok, answer.text

    def check(self, collection: str, expected: int, outcomes: dict[str, int], counts: dict[str, int]) -> None:
        """One record of each organisation, and the run's own count of them."""
        found = [
            one["organisation"] for one in self.store[collection].find(self.within(), {"organisation": 1})
        ]
        if len(found) != expected or len(set(found)) != expected:
            self.faults.append(
                f"{collection}: {len(found)} of {len(set(found))} organisations, not {expected}"
            )
        if outcomes != counts:
            self.faults.append(f"the run counted {outcomes}, not {counts}")

    def check_events(self, expected: dict[str, int]) -> None:
        """Each event is told under one id, however often the work was done again."""
        for kind, number in expected.items():
            inside = {f"envelope.{name}": rule for name, rule in self.within().items()}
            where = {"envelope.type": kind} | inside
            eventually(
                lambda where=where, least=number: self.store["sent_events"].count_documents(where) >= least,  # type: ignore[misc]
                within=LONGEST if self.number > 1000 else 60,
                what=f"{number} {kind} told",
            )
            told = list(self.store["sent_events"].find(where, {"envelope.subject": 1}))
            if len(told) != number or len({one["envelope"]["subject"] for one in told}) != number:
                self.faults.append(f"{kind}: told {len(told)} times, not {number}")


def main() -> int:
    parser = argparse.ArgumentParser(description="The annual inspection of a district under kill -9.")
    parser.add_argument("--organisations", type=int, default=20_000)
    parser.add_argument(
        "--kills", type=int, default=3, help="the first half of them while the year is opened"
    )
    given = parser.parse_args()
    with alone(["registry"], DISTRICT) as node:
        trial = Trial(node, DISTRICT, given.organisations, given.kills)
        began = time.monotonic()
        trial.run()
        seconds = time.monotonic() - began
    for line in trial.told:
        say(line)
    for fault in trial.faults:
        say(f"fault: {fault}")
    say(f"{given.organisations} organisations, {len(trial.killed_at)} kills -9 at {trial.killed_at} records, "
        f"{seconds:.1f} s in all, {len(trial.faults)} faults")  # fmt: skip
    return 1 if trial.faults or len(trial.killed_at) < given.kills else 0


if __name__ == "__main__":
    sys.exit(main())
