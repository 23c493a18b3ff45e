"""The walk of rights: every route of every service x every role x every tier, held against the table.

    python -m tests.system.rights

starts a district and a street, makes one record of each kind, and asks each route that the services' OpenAPI
documents tell of, at the node that owns the record and, to read, at the district too: as nobody, with a token that
is not good, and in each role, granted at the district, at the record's street, at a sibling street, at a community
of the street, and at another district. Who may do something for own records only asks as one of the own and of
another organisation. What the table refuses must be answered 401 or 403, so that whoever has the role elsewhere
is known to have met the check of the area; what it admits, by anything else but these and 5xx. Ends with 1 where
an answer is another one.

The tests take the same walk with fewer requests. Rights only add up: where a token of many roles is refused, each of
them alone is. So what the table refuses is asked together: all roles that are not in a route's row, at all tiers of
the district; all that are, where they do not hold; all at the other district. What it admits is asked one by one,
but for what is open to anybody: there all roles come at once.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, urlencode

import requests

from deploy.embedded import Embedded
from shared import permissions
from shared.node import GATEWAY
from shared.permissions import OWN, ROLES, Rule, Table
from tests.harness import RunningNode
from tests.system.rights_world import STREETS, Asked, RightsWorld, build
from tests.system.subsets import land

TIERS = 5
PATIENCE_WITH_ONE = 120  # seconds: exports and prints on a machine that is busy
AT_ONCE = 6  # requests under way
# Codes of a refusal before a route is run, besides token-*.
ADMISSION = ("role-needed", "bearer-token-needed")
# A rule of the domain that gives some less than the table does, with an error of its own: streets do not register.
NARROWER = ("not-the-registrar",)
OTHER = "0195d4c0-0000-7000-8000-00000000000f"  # an organisation that nobody has heard of
Acting = Literal["nobody", "own", "other"]  # for which organisation: none, the record's, another


class Who(NamedTuple):
    """A role granted at an area; without a role, nobody, or somebody with a token that is not good."""

    role: str | None
    area: str = ""
    acting: Acting = "nobody"

    def __str__(self) -> str:
        acting = "" if self.acting == "nobody" else f" of its {self.acting} organisation"
        return f"{self.role} at {self.area}{acting}" if self.role else f"nobody {self.area}".strip()


NOBODY = Who(None)
BAD_TOKEN = Who(None, "with a bad token")


def admitted(rule: Rule, asked: Asked, who: Who) -> bool:
    """What the table says. It is read here as a person would read it, not by the code that services use."""
    if who == BAD_TOKEN or who.area == asked.stranger:  # whose node nobody here knows
        return False
    if rule.where == "public":
        return True
    if who.role is None:
        return False
    if rule.where == "signed_in":
        return True
    cell = rule.holders.get(who.role, "")
    if rule.where == "addressee" and who.role != asked.role:
        return False
    return bool(
        any(area.startswith(who.area) for area in asked.areas)
        and (cell == "x" or (cell == OWN and (who.acting == "own" or asked.everybodys)))
    )


Askers = tuple[Who, ...]  # who ask with one token


@dataclass
class Told:
    """What one walk told."""

    routes: set[tuple[str, str]] = field(default_factory=set)  # service and operation
    routes_wrong: set[tuple[str, str]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, asked: Asked, rule: Rule, askers: Askers, expected: bool) -> None:
        self.routes.add((asked.service, asked.operation))
        self.counts["requests"] += 1
        self.counts["allowed" if expected else "refused"] += len(askers)
        if not expected and askers[0].area != asked.stranger:
            self.counts["elsewhere"] += sum(who.role in rule.holders for who in askers)

    def __str__(self) -> str:
        counts, cases = self.counts, self.counts["allowed"] + self.counts["refused"]
        return (
            f"{len(self.routes)} routes x {len(ROLES)} roles x {TIERS} tiers, nobody and a bad token: {cases} cases "
            f"by {counts['requests']} requests in {self.seconds:.0f} s; {counts['allowed']} allowed "
            f"({counts['narrowed']} of them narrowed by a rule of the domain), {counts['refused']} refused "
            f"({counts['elsewhere']} of them in a role of the route held elsewhere, or for another organisation); "
            f"{len(self.wrong)} wrong"
        )


def walk(
    world: RightsWorld, table: Table, services: Sequence[str] | None = None, *, singly: bool = False
) -> Told:
    """Ask everything of the services (None: of all that run) and compare. Raises LookupError for a route without a
    rule. `singly` gives each role at each tier a request of its own."""
    told, client = Told(), _Client(world)
    lock, begun = threading.Lock(), time.monotonic()

    def ask(job: tuple[Asked, Rule, Askers]) -> bool:
        asked, rule, askers = job
        expected = admitted(rule, asked, askers[0])
        status, code = client.send(asked, askers)
        # What is open to anybody may still refuse a password.
        refused = status in (401, 403) and (rule.bound or code in ADMISSION or code.startswith("token-"))
        narrowed = expected and code in NARROWER
        wrong = not narrowed and (refused is expected or (expected and status >= 500))
        if wrong and len(askers) > 1 and sum(ask((asked, rule, (who,))) for who in askers):
            return True  # those of them who were answered wrongly are told
        with lock:
            told.count(asked, rule, askers, expected)
            told.counts["narrowed"] += narrowed
            if wrong:
                told.routes_wrong.add((asked.service, asked.operation))
                told.wrong.append(
                    f"{asked.method} {asked.path} at {asked.node} ({asked.service} {asked.operation}, where "
                    f"{rule.where}: {' or '.join(asked.areas)}): the table {'admits' if expected else 'refuses'} "
                    f"{askers[0]}{' and others' * (len(askers) > 1)}, the answer was {status} {code}"
                )
        return wrong

    every = [(asked, table.rule(asked.service, asked.operation)) for asked in _asked(world, services)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # Refusals first: they find all records as they were made, whatever admitted requests then do to them.
        for expected in (False, True):
            jobs = [
                (asked, rule, askers)
                for asked, rule in every
                for askers in _together(asked, rule, _everybody(asked, rule), singly)
                if admitted(rule, asked, askers[0]) is expected
            ]
            random.Random(1).shuffle(jobs)  # so that all services have something to do
            list(pool.map(ask, jobs))
    told.seconds = time.monotonic() - begun
    return told


def _asked(world: RightsWorld, services: Sequence[str] | None) -> Iterator[Asked]:
    for node in world.nodes.values():
        for service in (GATEWAY, *node.services):
            if services is None or service in services:
                yield from world.asked(node, service, _document(node, service))


def _document(node: RunningNode, service: str) -> dict[str, Any]:
    address = f"{node.service_url(service)}/api/{service}/openapi.json"
    found: dict[str, Any] = requests.get(address, timeout=30).json()
    return found


def _everybody(asked: Asked, rule: Rule) -> Iterator[Who]:
    yield NOBODY
    yield BAD_TOKEN
    for role in ROLES:
        actings: tuple[Acting, ...] = ("nobody",)
        if rule.holders.get(role) == OWN:
            actings = ("nobody", "own", "other")
        for area in asked.tiers:
            for acting in actings:
                yield Who(role, area, acting)


def _together(asked: Asked, rule: Rule, everybody: Iterator[Who], singly: bool) -> Iterator[Askers]:
    """Who ask with one token: those who are refused for the same reason, and all to whom a route is open."""
    groups: dict[object, list[Who]] = {}
    for who in everybody:
        alone = singly or who.role is None or (rule.bound and admitted(rule, asked, who))
        reason = (who.area == asked.stranger, who.role in rule.holders, who.acting)
        groups.setdefault(who if alone else reason, []).append(who)
    yield from (tuple(group) for group in groups.values())


class _Client:
    """Requests straight to the services, as their gateway passes them on, over connections that stay open."""

    def __init__(self, world: RightsWorld) -> None:
        self.world = world
        self.open = threading.local()
        # Signed by whom everybody knows, and changed in its last letters.
        self.bad = world.sign([("operator", world.district)], None)[:-8] + "AAAAAAAA"

    def send(self, asked: Asked, askers: Askers) -> tuple[int, str]:
        """Status of the answer, and the code of its problem."""
        file = isinstance(asked.body, str)
        headers = {"Content-Type": asked.media, "Host": "localhost"}
        who = askers[0]
        if who == BAD_TOKEN:
            headers["Authorization"] = f"Bearer {self.bad}"
        elif who.role:
            organisation = {"nobody": None, "own": asked.own or OTHER, "other": OTHER}[who.acting]
            headers["Authorization"] = (
                f"Bearer {self.world.sign([(str(one.role), one.area) for one in askers], organisation)}"
            )
        body = None
        if asked.body is not None:
            body = asked.body.encode() if file else json.dumps(asked.body).encode()
        address = quote(asked.path) + (f"?{urlencode(asked.query)}" if asked.query else "")
        node = self.world.nodes[asked.node]
        for attempt in (1, 2):
            connection = self._connection(node, asked.service)
            try:
                connection.request(asked.method, address, body, headers)
                answer = connection.getresponse()
                said = answer.read()
            except (http.client.HTTPException, ConnectionError):
                connection.close()  # it was open for too long without use
                if attempt == 2:
                    raise
            else:
                problem = json.loads(said) if answer.status >= 400 and said else {}
                return answer.status, str(problem.get("type", "")).rpartition(":")[2]
        raise AssertionError

    def _connection(self, node: RunningNode, service: str) -> http.client.HTTPConnection:
        kept: dict[str, http.client.HTTPConnection] = self.open.__dict__
        url = node.service_url(service)
        if url not in kept:
            kept[url] = http.client.HTTPConnection(url.removeprefix("http://"), timeout=PATIENCE_WITH_ONE)
        return kept[url]


@contextmanager
def running(folder: Path, embedded: Embedded, prefix: str = "97") -> Iterator[RightsWorld]:
    """A district that hosts all services, a street that hosts some, and one record of each kind."""
    with land(folder, embedded, prefix) as made:
        street = f"{made.root}001"
        made.start([(street, frozenset(STREETS), made.root)])
        yield build(folder, {area: made.running[area] for area in (made.root, street)}, made.root, street)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        embedded = Embedded(Path(folder) / "embedded")
        embedded.start()
        try:
            (Path(folder) / "home").mkdir()
            with running(Path(folder) / "home", embedded) as world:
                told = walk(world, permissions.load(), singly=True)
        finally:
            embedded.stop()
    print(told, *told.wrong, sep="\n")  # noqa: T201
    return 1 if told.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
