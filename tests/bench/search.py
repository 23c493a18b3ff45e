"""What searches of the directory take: each kind as a multiple of one bare indexed read of the same run.

    python -m tests.bench.search --organisations 20000

Starts a broker and a store of its own and a node with the registry, whose records it makes up before the start; the
service then works the directory out by itself, as after an upgrade. Each kind of search is run at the function that
the route calls, and over HTTP through the gateway. Prints, of each kind, p50 and p95 of both, the p95 as a multiple of
the p95 of `find_one` by an index, how many entries the store read, by which indexes, and whether it had to sort.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Any

import requests
from pymongo import monitoring

import tests.real_threads  # noqa: F401
from deploy.embedded import Embedded
from services.registry import documents
from services.registry.documents.directory import DirectoryEntry, DirectoryState
from services.registry.documents.inspection import KnownGrade
from services.registry.domain import directory as rules
from services.registry.domain import spelling
from services.registry.queries import directory, directory_counts
from services.registry.schemas.directory import DensityQuery, DirectoryQuery, Filters, GrowthQuery
from shared.call import NOBODY, Call
from shared.node import Node, load
from shared.store import connection
from tests.bench import registry
from tests.harness import RunningNode, eventually, make_node

LIMIT = 20  # entries on a page
AT_ONCE = 500  # records in one write

Query = dict[str, str]
Plan = dict[str, Any]


class Overheard(monitoring.CommandListener):
    """What is asked of the store while it listens."""

    def __init__(self) -> None:
        self.finds: list[Mapping[str, Any]] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.finds is not None and event.command_name == "find":
            self.finds.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass

    def during(self, work: Callable[[], object]) -> list[Mapping[str, Any]]:
        self.finds = []
        try:
            work()
            return self.finds
        finally:
            self.finds = None


OVERHEARD = Overheard()


@dataclass(frozen=True)
class Kind:
    """A kind of search: how its queries are made from a random organisation, and what answers them."""

    name: str
    query: Callable[[Mapping[str, Any], random.Random], Query]
    path: str = ""


def _part(one: Mapping[str, Any], rng: random.Random, length: int) -> str:
    name = spelling.fold(one["name"])
    begin = rng.randrange(len(name) - length + 1)
    return name[begin : begin + length]


def _letters(one: Mapping[str, Any], rng: random.Random, length: int, *, initials: bool) -> str:
    read = spelling.readings(_part(one, rng, length))
    return "".join(reading[0][0] if initials else reading[0] for reading in read)


KINDS = (
    Kind("all, by name", lambda one, rng: {}),
    Kind("all, newest first", lambda one, rng: {"sort": "newest"}),
    Kind("part of a name, 2 characters", lambda one, rng: {"q": _part(one, rng, 2)}),
    Kind("part of a name, 4 characters", lambda one, rng: {"q": _part(one, rng, 4)}),
    Kind("whole name", lambda one, rng: {"q": one["name"]}),
    Kind("two parts", lambda one, rng: {"q": f"{_part(one, rng, 2)} {_part(one, rng, 3)}"}),
    Kind("part, newest first", lambda one, rng: {"q": _part(one, rng, 2), "sort": "newest"}),
    Kind("initials, 4 letters", lambda one, rng: {"q": _letters(one, rng, 4, initials=True)}),
    Kind("pinyin, 2 characters", lambda one, rng: {"q": _letters(one, rng, 2, initials=False).ljust(3, "a")}),
    Kind("credit code", lambda one, rng: {"q": one["credit_code"] or "51230102ABCD"}),
    Kind("street", lambda one, rng: {"area": one["area"][:9]}),
    Kind("community", lambda one, rng: {"area": one["area"]}),
    Kind("category", lambda one, rng: {"category": one["category"]}),
    Kind("track", lambda one, rng: {"track": one["track"]}),
    Kind("type", lambda one, rng: {"type": one["type"] or "foundation"}),
    Kind("grade", lambda one, rng: {"grade": rng.choice(("1A", "2A", "3A", "4A", "5A"))}),
    Kind("status", lambda one, rng: {"status": rng.choice(("active", "suspended", "cancelled"))}),
    Kind("area, track, category, status", lambda one, rng: {
        "area": one["area"][:9], "track": one["track"], "category": one["category"], "status": "active"}),
    Kind("part, area, track", lambda one, rng: {
        "q": _part(one, rng, 2), "area": one["area"][:9], "track": one["track"]}),
    Kind("nothing is found", lambda one, rng: {"q": f"鲸{_part(one, rng, 2)}"}),
    Kind("facets", lambda one, rng: {}, "/facets"),
    Kind("facets of a category", lambda one, rng: {"category": one["category"]}, "/facets"),
    Kind("facets of a part", lambda one, rng: {"q": _part(one, rng, 3)}, "/facets"),
    Kind("growth", lambda one, rng: {"area": one["area"][:9]}, "/growth"),
    Kind("density", lambda one, rng: {}, "/density"),
)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """Of one kind, in seconds; `examined` entries in the store at most, `plans` that it took."""

    name: str
    times: Sequence[float]
    over_http: Sequence[float]
    examined: int
    plans: frozenset[str]


def fill(count: int) -> list[dict[str, Any]]:
    """Made-up records in the store that mongoengine is connected to; no directory yet. Returns the organisations."""
    for kind in documents.ALL:
        kind.ensure_indexes()
    made = list(registry.organisations(count))
    for kind, records in ((documents.Organisation, made), (KnownGrade, list(registry.grades(made)))):
        for begin in range(0, len(records), AT_ONCE):
            kind._get_collection().insert_many(records[begin : begin + AT_ONCE])
    return made


def answer(node: Node, kind: Kind, query: Query) -> Any:
    """What the route's function answers to anybody."""
    call = Call(node=node, service="registry", actor=NOBODY)
    if kind.path == "/facets":
        return directory_counts.facets(call, Filters().load(query))
    if kind.path == "/growth":
        return directory_counts.growth(call, GrowthQuery().load(query))
    if kind.path == "/density":
        return directory_counts.density(call, DensityQuery().load(query))
    return directory.search(call, DirectoryQuery().load(query | {"limit": str(LIMIT)}))


def plans(finds: Sequence[Mapping[str, Any]]) -> list[Plan]:
    """How the store carried questions out: the index, how much it read, whether it sorted."""
    return [_plan(find) for find in finds]


def _plan(find: Mapping[str, Any]) -> Plan:
    asked = {name: find[name] for name in ("find", "filter", "sort", "limit") if name in find}
    told = connection.database().command("explain", asked, verbosity="executionStats")
    stages = list(_stages(told["queryPlanner"]["winningPlan"]))
    scan = stages[-1]
    index = ",".join(scan["keyPattern"]) if "keyPattern" in scan else scan["stage"]
    return {
        "collection": find["find"],
        "index": index,
        "stages": [stage["stage"] for stage in stages],
        "filter": find["filter"],
        "examined": told["executionStats"]["totalDocsExamined"],
        "returned": told["executionStats"]["nReturned"],
    }


def _stages(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    if "inputStage" in plan:
        yield from _stages(plan["inputStage"])


def shown(plan: Plan) -> str:
    short = plan["collection"].removeprefix("directory_")
    return f"{short}({plan['index']})"


def bare_reads(count: int) -> list[float]:
    """`find_one` by a secondary index, of entries chosen at random."""
    entries = DirectoryEntry._get_collection()
    samples = [one["sample"] for one in entries.find({}, {"sample": 1}).limit(count)]
    random.Random(1).shuffle(samples)
    return [_timed(partial(entries.find_one, {"sample": each}, directory.SHOWN)) for each in samples]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(
    node: Node, url: str | None, made: Sequence[Mapping[str, Any]], rounds: int
) -> Iterator[Measured]:
    session = requests.Session()
    directory.sample()
    for kind in KINDS:
        rng = random.Random(kind.name)
        queries = [kind.query(rng.choice(made), rng) for _ in range(rounds)]
        times = [_timed(partial(answer, node, kind, query)) for query in queries]
        web = [_timed(partial(_get, session, url, kind, query)) for query in queries if url]
        seen = [plans(OVERHEARD.during(partial(answer, node, kind, query))) for query in queries[:10]]
        examined = max(sum(plan["examined"] for plan in each) for each in seen)
        yield Measured(kind.name, times, web, examined, frozenset(shown(p) for each in seen for p in each))


def _get(session: requests.Session, url: str, kind: Kind, query: Query) -> None:
    parameters = query if kind.path else query | {"limit": str(LIMIT)}
    path = f"{url}/api/registry/directory{kind.path}"
    session.get(path, params=parameters, timeout=60).raise_for_status()


def percentile(times: Sequence[float], hundredth: int) -> float:
    return quantiles(times, n=100, method="inclusive")[hundredth - 1]


def row(one: Measured, bare: float) -> str:
    p50, p95 = (1000 * percentile(one.times, n) for n in (50, 95))
    http = [f"{1000 * percentile(one.over_http, n):7.1f}" for n in (50, 95)] if one.over_http else ["", ""]
    multiple = p95 / (1000 * bare)
    return (
        f"{one.name:<30}{p50:8.1f}{p95:8.1f}{multiple:7.1f} x{http[0]:>9}{http[1]:>9}{one.examined:9}  "
        f"{' '.join(sorted(one.plans))}"
    )


@contextmanager
def node_with(
    embedded: Embedded, folder: Path, services: Sequence[str] = ("registry",)
) -> Iterator[RunningNode]:
    """A node that hosts the services, not started yet."""
    vhost = f"search-{uuid.uuid4().hex[:12]}"
    where = f"{embedded.addresses.admin_url}/api/vhosts/{vhost}"
    who = (embedded.addresses.user, embedded.addresses.password)
    requests.put(where, auth=who, timeout=30).raise_for_status()
    node = make_node(embedded, folder, vhost, services, area=registry.DISTRICT)
    try:
        yield node
    finally:
        node.stop()
        requests.delete(where, auth=who, timeout=30)


def run(embedded: Embedded, folder: Path, organisations: int, rounds: int) -> None:
    def say(line: str) -> None:
        print(line, flush=True)  # noqa: T201

    with node_with(embedded, folder) as running:
        described = load(running.folder / "node.yaml")
        monitoring.register(OVERHEARD)
        connection.connect(described.store, described.database("registry"))
        made = fill(organisations)
        begun = time.monotonic()
        running.start()
        eventually(
            lambda: DirectoryState.objects(id="form", form=rules.FORM).first(),
            within=3600,
            what="the directory",
        )
        say(
            f"{organisations} organisations; the directory was worked out in {time.monotonic() - begun:.0f} s"
        )
        bare = percentile(bare_reads(rounds * 5), 95)
        say(f"bare indexed read: p95 {1000 * bare:.2f} ms; {rounds} searches of each kind, pages of {LIMIT}")
        say(
            f"{'ms':<30}{'p50':>8}{'p95':>8}{'p95/bare':>9}{'http p50':>9}{'http p95':>9}{'examined':>9}  plans"
        )
        for one in measure(described, running.url, made, rounds):
            say(row(one, bare))
        connection.disconnect()


def main() -> int:
    parser = argparse.ArgumentParser(description="What searches of the directory take.")
    parser.add_argument("--organisations", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=60, help="searches of each kind")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        embedded = Embedded(Path(folder) / "embedded")
        embedded.start()
        try:
            run(embedded, Path(folder) / "node", given.organisations, given.rounds)
        finally:
            embedded.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
