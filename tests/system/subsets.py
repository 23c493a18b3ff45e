"""Nodes that host any subset of the services, at each tier; a short scenario touches each service at each.

    python -m tests.system.subsets --pruned
    python -m tests.system.subsets --all

There are 128 subsets and three tiers. `--all` runs all 384. `--pruned` leaves out what tells nothing new:

- A service alone, or missing alone, or beside another may make a difference; which further ones are there makes
  none, as services meet only by events. So of the 128 it takes a covering array: any three services in all eight
  combinations of being there and not. With none and all that is some 14 rows.
- A community differs from a street in one more hop only, so it takes pairs in place of threes.

The tests take four: two streets with half of the services each, a community and a root with other halves. Above
streets and communities stands a district that hosts all; a root stands for itself.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, product
from pathlib import Path
from typing import Any, Literal

import requests
from rich.console import Console
from rich.table import Table
from stdnum.cn import uscc

from deploy import nodes
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.wish import Wish
from shared.node import SERVICES
from tests.harness import PATIENCE, RunningNode, eventually, free_base_port

Tier = Literal["district", "street", "community"]
Subset = frozenset[str]
ALL: Subset = frozenset(SERVICES)
TIERS: tuple[Tier, ...] = ("district", "street", "community")
AT_ONCE = 4  # nodes that run together


def every() -> list[Subset]:
    return [
        frozenset(s for s, there in zip(SERVICES, row, strict=True) if there)
        for row in product((0, 1), repeat=len(SERVICES))
    ]


def covering(strength: int) -> list[Subset]:
    """Subsets in which any `strength` services are there and not in all combinations; none and all are in."""
    places = [
        (names, present)
        for names in combinations(SERVICES, strength)
        for size in range(strength + 1)
        for present in combinations(names, size)
    ]

    def covers(subset: Subset, place: tuple[Sequence[str], Sequence[str]]) -> bool:
        return subset & set(place[0]) == set(place[1])

    chosen = [frozenset[str](), ALL]
    left = [p for p in places if not any(covers(s, p) for s in chosen)]
    while left:
        best = max(every(), key=lambda s: sum(covers(s, p) for p in left))
        chosen.append(best)
        left = [p for p in left if not covers(best, p)]
    return chosen


def pruned() -> list[tuple[Tier, Subset]]:
    threes, pairs = covering(3), covering(2)
    return (
        [("district", s) for s in threes]
        + [("street", s) for s in threes]
        + [("community", s) for s in pairs]
    )


def sample() -> list[tuple[Tier, Subset]]:
    """What the tests run: each service there and not there at a street, at a community, at a root."""
    odd, even = frozenset(SERVICES[::2]), frozenset(SERVICES[1::2])
    early, late = frozenset(SERVICES[:3]), frozenset(SERVICES[3:])
    return [("street", odd), ("street", even), ("community", early), ("district", late)]


@dataclass
class Land:
    """A district that hosts all, and below it, or beside it, the nodes of the matrix."""

    home: Home
    embedded: Embedded
    prefix: str  # of the codes: two digits, of no code list
    running: dict[str, RunningNode] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)  # the first of each node's, given out before it listens
    streets: int = 0
    roots: int = 0

    @property
    def root(self) -> str:
        return f"{self.prefix}0100"

    def start(self, wanted: Sequence[tuple[str, Subset, str | None]]) -> None:
        """Add and start nodes (area, services, parent), parents first."""
        ports = [self._free_port() for _ in wanted]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            going = [
                pool.submit(self._start, area, services, parent, port)
                for (area, services, parent), port in zip(wanted, ports, strict=True)
            ]
            for one in going:
                one.result()
        for area, _, _ in wanted:
            above = {one for one in self.running if area.startswith(one)}
            eventually(
                partial(self._acquainted, area, above), what=f"{area} knows the nodes above, and they it"
            )

    def _free_port(self) -> int:
        port = free_base_port()
        while any(abs(port - taken) < 8 for taken in self.ports):
            port = free_base_port()
        self.ports.append(port)
        return port

    def _start(self, area: str, services: Subset, parent: str | None, port: int) -> None:
        hosted = tuple(s for s in SERVICES if s in services)
        wish = Wish(area, parent, hosted, port=port, clock="request")
        nodes.add(self.home, wish, dry_run=False, say=lambda _: None)
        told = self.home.node(area)
        self.running[area] = RunningNode(
            area, told.url, told.port, hosted, area, self.home.folder(area), self.embedded
        )
        self.running[area].start()

    def _acquainted(self, area: str, above: set[str]) -> bool:
        return above <= self._known(area) and all(area in self._known(one) for one in above)

    def _known(self, area: str) -> set[str]:
        return {one["id"] for one in self.running[area].get("/api/nodes", None).json()["items"]}

    def stop(self, areas: Sequence[str]) -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda area: self.running.pop(area).stop(), areas))

    def place(self, tier: Tier, services: Subset) -> list[tuple[str, Subset, str | None]]:
        """A fresh area for one row of the matrix, with the nodes that it takes."""
        if tier == "district":
            self.roots += 1
            return [(f"{self.prefix}{1000 + self.roots}", services, None)]
        self.streets += 1
        street = f"{self.root}{self.streets:03}"
        if tier == "street":
            return [(street, services, self.root)]
        return [(street, frozenset(), self.root), (f"{street}001", services, street)]


@contextmanager
def land(folder: Path, embedded: Embedded, prefix: str = "98") -> Iterator[Land]:
    shutil.copy(embedded.home / "embedded.yaml", folder / "embedded.yaml")
    made = Land(Home(folder), embedded, prefix)
    try:
        made.start([(made.root, ALL, None)])
        yield made
    finally:
        made.stop(sorted(made.running, key=len, reverse=True))


@dataclass
class Row:
    """What came of one node: of each service who answered, and what was wrong."""

    tier: Tier
    services: Subset
    answered: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def try_out(land: Land, tier: Tier, services: Subset, area: str) -> Row:
    """The scenario at the node of `area`: one write and one read of each service, through its gateway."""
    row = Row(tier, services)
    here = Scenario(land, area, services)
    for service in SERVICES:
        try:
            row.answered[service] = here.touch(service)
        except AssertionError as wrong:
            row.answered[service] = "WRONG"
            row.wrong.append(f"{service}: {str(wrong)[:300]}")
    return row


class Scenario:
    """One write and one read of each service at one node, and who is expected to answer."""

    def __init__(self, land: Land, area: str, services: Subset) -> None:
        self.land, self.node, self.area, self.services = land, land.running[area], area, services
        self.organisation: str | None = None

    def touch(self, service: str) -> str:
        """Who answered: `own`, the area of a node above, or the problem's code. Fails where it is another than
        the rules say."""
        expected = self.owner(service)
        answer = self.write(service)
        if answer.status_code == requests.codes.misdirected_request:
            answer = self.write(service, answer.json()["address"])
        if expected is None:
            return self._refused(answer, "service-not-hosted")
        if service == "evaluation" and self.organisation is None:
            return self._refused(answer, "not-yet-known")
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert made["owner"] == expected, f"{made['owner']} answered in place of {expected}"
        shown = partial(self.node.get, f"{PATHS[service]}/{made['id']}", _writer(service))
        eventually(lambda: shown().ok, what=f"{service} read at {self.area}")
        if service == "registry":
            self._approve(made["id"])
        if service == "notifications" and self.organisation:
            self._check_told()
        return "own" if expected == self.area else expected

    def owner(self, service: str) -> str | None:
        """The nearest node that hosts the service, from where the record belongs upwards: registrations and
        grades belong to the district."""
        belongs = self.area[:6] if service in ("registry", "evaluation") else self.area
        for candidate in (belongs[:12], belongs[:9], belongs[:6]):
            node = self.land.running.get(candidate)
            if node and service in node.services:
                return candidate
        return None

    def write(self, service: str, address: str | None = None) -> requests.Response:
        body = self.body(service)
        url = (address or self.node.url) + PATHS[service]
        if service != "evaluation":
            return self._post(url, body, _writer(service))
        answers: list[requests.Response] = []

        def known() -> bool:
            answers.append(self._post(url, body))
            late = ("not-yet-known", "organisation-not-yet-active")  # its approval is still on its way
            return self.organisation is None or not any(code in answers[-1].text for code in late)

        eventually(known, within=PATIENCE, what="the organisation is known to evaluation")
        return answers[-1]

    def _post(self, url: str, body: Any, role: str = "district_staff") -> requests.Response:
        # By the district's key where the record belongs to it: a street's staff may not write there.
        signer = self.land.running[self.area[:6]]
        headers = {"Authorization": f"Bearer {signer.token(role)}", "Accept-Language": "en"}
        answers: list[requests.Response] = []

        def trusted() -> bool:
            answers.append(requests.post(url, json=body, headers=headers, timeout=30))
            return "token-unknown-key" not in answers[-1].text

        eventually(trusted, within=PATIENCE, what="the district's key is known")
        return answers[-1]

    def body(self, service: str) -> dict[str, Any]:
        area, name = self.area, f"{self.area} 的{service}"
        bodies: dict[str, dict[str, Any]] = {
            "registry": {"area": area, "name": name, "track": "registered", "type": "non_enterprise",
                         "credit_code": _credit_code(area), "established_on": "2019-01-01"},
            "needs": {"area": area, "title": name, "description": name, "category": "care", "group": "elderly",
                      "source": "visit", "urgency": "normal", "received_on": "2026-03-01"},
            "incubator": {"area": area, "name": name, "capacity": 5},
            "funding": {"area": area, "name": name, "source": "budget", "year": 2026, "budget_fen": 100},
            "evaluation": {"organisation": self.organisation or NOBODY, "grade": "4A",
                           "announced_on": "2026-05-08"},
            "notifications": {"area": area, "title": name, "body": name, "until": "2090-01-01T00:00:00Z"},
            "accounts": {"area": area, "login": f"user-{area}", "display_name": name},
        }  # fmt: skip
        return bodies[service]

    def _approve(self, organisation: str) -> None:
        at = f"{self.land.running[self.area[:6]].url}{PATHS['registry']}/{organisation}"
        for step, body in (("acceptance", None), ("decision", {"approve": True, "reasons": "符合条件"})):
            answer = self._post(f"{at}/{step}", body)
            assert answer.ok, answer.text
        self.organisation = organisation

    def _check_told(self) -> None:
        """The approval, and perhaps the grade, has led to one message, at who serves this area's notifications."""
        path = f"/api/notifications/messages?recipient=organisation:{self.organisation}"

        def inbox() -> list[Any]:
            answer = self.node.get(path, "organisation_officer", organisation=self.organisation)
            return list(answer.json()["items"]) if answer.ok else []

        found = eventually(inbox, what="the organisation's message")
        twice = [kind for kind, count in Counter(one["about_kind"] for one in found).items() if count > 1]
        assert "registry.organisation" in {one["about_kind"] for one in found}, found
        assert not twice, f"told twice of {twice}"

    def _refused(self, answer: requests.Response, code: str) -> str:
        assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.text
        problem = answer.json()
        assert problem["type"].endswith(code), answer.text
        assert problem["remedy"], answer.text
        return code


PATHS = {
    "registry": "/api/registry/organisations",
    "needs": "/api/needs/needs",
    "incubator": "/api/incubator/centres",
    "funding": "/api/funding/funds",
    "evaluation": "/api/evaluation/grades",
    "notifications": "/api/notifications/notices",
    "accounts": "/api/accounts/accounts",
}
NOBODY = "0195d4c0-0000-7000-8000-000000000000"


def _writer(service: str) -> str:
    return "administrator" if service == "accounts" else "district_staff"


def _credit_code(area: str) -> str:
    """One of the area's own: two nodes' organisations never share it."""
    first = f"52110101MJ{int(area.ljust(12, '0')) % 10**7:07}"
    return first + uscc.calc_check_digit(first)


def run(land: Land, matrix: Sequence[tuple[Tier, Subset]], at_once: int = AT_ONCE) -> Iterator[Row]:
    """Start some nodes at a time, try them out, stop them."""
    for start in range(0, len(matrix), at_once):
        rows = matrix[start : start + at_once]
        places = [land.place(*row) for row in rows]
        land.start([one for place in places for one in place if one[2] in (None, land.root)])
        land.start([one for place in places for one in place if one[2] not in (None, land.root)])
        with ThreadPoolExecutor(at_once) as pool:
            tried = [
                pool.submit(try_out, land, *row, place[-1][0])
                for row, place in zip(rows, places, strict=True)
            ]
            yield from (one.result() for one in tried)
        land.stop([area for place in places for area, _, _ in reversed(place)])


def table(rows: Sequence[Row]) -> Table:
    """Who answered, by node and service."""
    shown = Table("tier", "hosts", *SERVICES, title="Any subset 任意子集")
    for row in rows:
        hosts = " ".join(s[:3] for s in SERVICES if s in row.services) or "none"
        shown.add_row(row.tier, hosts, *(row.answered[s] for s in SERVICES))
    return shown


def main() -> int:
    parser = argparse.ArgumentParser(description="Any subset of the services at each tier.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--all", action="store_true", help="64 subsets at three tiers")
    which.add_argument("--pruned", action="store_true", help="covering arrays, see above")
    which.add_argument("--sample", action="store_true", help="what the tests run")
    given = parser.parse_args()
    matrix = [(t, s) for t in TIERS for s in every()] if given.all else pruned() if given.pruned else sample()
    folder = Path(tempfile.mkdtemp(prefix="subsets-"))
    embedded = Embedded(folder / "servers")
    began, rows = time.monotonic(), list[Row]()
    supervision = threading.Thread(target=embedded.supervise)
    try:
        embedded.start()
        supervision.start()
        (folder / "home").mkdir()
        with land(folder / "home", embedded) as made:
            for row in run(made, matrix):
                rows.append(row)
                sys.stdout.write(f"{len(rows)} of {len(matrix)}\n")
                sys.stdout.flush()
    finally:
        embedded.stop()
        if supervision.is_alive():
            supervision.join()
        Console(width=160).print(table(rows))
        for row in rows:
            for wrong in row.wrong:
                sys.stdout.write(f"! {row.tier} {sorted(row.services)}: {wrong}\n")
        sys.stdout.write(f"{len(rows)} nodes in {time.monotonic() - began:.0f} s\n")
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if any(row.wrong for row in rows) or len(rows) < len(matrix) else 0


if __name__ == "__main__":
    sys.exit(main())
