"""A link is down while events pile up on each side, disk and memory alarms included; then it heals.

    python -m tests.faults.days_cut_off --events 50000

A district and a street, each with a broker and a store of its own and the services registry, needs and
notifications, joined by a link through a cable that is cut. Records with unsent events are put into the stores of
both sides (how: tests/faults/piling.py), the services' own relays send them, alarms are set off on either side,
and the cable is mended. At the end both sides are compared record by record, and the streams of events are read
for their order. Ends with 0 only when nothing was lost, doubled or out of order.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pika
import requests
from pymongo import MongoClient

from deploy import nodes, status
from deploy.embedded import Embedded
from deploy.home import Home
from deploy.wish import Wish
from shared.events import topology
from tests.cable import Cable
from tests.deploy.support import admin_url
from tests.faults.alarms import alarm
from tests.faults.piling import KINDS
from tests.harness import ROOT, RunningNode, eventually, free_base_port

DISTRICT, STREET = "990501", "990501001"  # of no code list
SERVICES = ("registry", "needs", "notifications")
HANDS = 60.0  # seconds for the messages that services have in hand: no queue counts them any more
Alarms = Sequence[Sequence[str]]  # one after another, each of one or several resources at once


@dataclass
class Site:
    """One side of the link. `piles`: which records, by kind, and how many."""

    home: Home
    embedded: Embedded
    node: RunningNode
    link: str  # the queue of what waits for the other side
    piles: dict[str, int] = field(default_factory=dict)

    @property
    def events(self) -> int:
        return sum(count * len(KINDS[kind].events) for kind, count in self.piles.items())

    def rows(self, service: str, collection: str, wanted: dict[str, Any], *fields: str) -> list[Any]:
        node = self.home.node(self.node.area)
        client: MongoClient[dict[str, Any]] = MongoClient(node.store)
        with client:
            return list(client[node.database(service)][collection].find(wanted, dict.fromkeys(fields, 1)))


@dataclass
class Result:
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    repeats: int = 0  # that the link brought twice and the services recognised
    effects: int = 0
    read: int = 0  # events read from the streams, for their order
    seconds: dict[str, float] = field(default_factory=dict)
    most: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)  # what `hatchery node status` said meanwhile

    @property
    def right(self) -> bool:
        return self.lost == self.doubled == self.out_of_order == 0


@contextmanager
def joined(folder: Path, above: Embedded, below: Embedded) -> Iterator[tuple[Site, Site, Cable]]:
    """District and street, running, on these brokers and stores, which may be the same."""
    cable = Cable(("127.0.0.1", above.addresses.amqp_port))
    far = f"amqp://127.0.0.1:{cable.port}/{DISTRICT}"
    wishes = (
        (above, Wish(DISTRICT, None, SERVICES, port=free_base_port())),
        (below, Wish(STREET, DISTRICT, SERVICES, port=free_base_port(), parent_broker=far,
                     parent_broker_admin=admin_url(above.addresses))),
    )  # fmt: skip
    sites: list[Site] = []
    try:
        for embedded, wish in wishes:
            home = Home(folder / wish.area)
            home.path.mkdir(parents=True)
            shutil.copy(embedded.home / "embedded.yaml", home.path / "embedded.yaml")
            nodes.add(home, wish, dry_run=False, say=lambda _: None)
            told = home.node(wish.area)
            running = RunningNode(
                wish.area, told.url, told.port, SERVICES, wish.area, home.folder(wish.area), embedded
            )
            link = topology.LINK_UP if wish.parent else topology.link_down(STREET)
            sites.append(Site(home, embedded, running, link))
            running.start()
        district, street = sites
        eventually(lambda: _knows(district.node, STREET) and _knows(street.node, DISTRICT))
        yield district, street, cable
    finally:
        for site in sites:
            site.node.stop()
        cable.close()


def _knows(node: RunningNode, area: str) -> bool:
    return area in {one["id"] for one in node.get("/api/nodes", None).json()["items"]}


def run(
    district: Site,
    street: Site,
    cable: Cable,
    events: int,
    *,
    cut_off: Alarms,
    mended: Alarms,
    patience: float,
    say: Callable[[str], None] = lambda _: None,
) -> Result:
    """Cut, pile up, alarm, mend, wait, compare. `cut_off` are the alarms before, `mended` those after the cable
    is whole again. Fails when it is not through within `patience` seconds."""
    result = Result()
    # A few in a hundred have an effect at the other side, which must happen once.
    street.piles = {"needs": events * 96 // 500, "escalations": events - events * 96 // 500 * 5}
    district.piles = {"organisations": events // 50, "deliveries": (events - events // 50 * 5) // 5}
    with _watching(result, district, street):
        cable.cut()
        began = time.monotonic()
        _pile_up(district, street)
        say(f"piled up: {street.events} events at the street, {district.events} at the district")
        for resources in cut_off:
            _alarms(resources, district, street, result)
        for site in (district, street):
            eventually(partial(_all_sent, site), within=patience, what=f"all in {site.link}")
        result.seconds["to pile up and send"] = time.monotonic() - began
        result.warnings += _faults(district, street)
        healed = time.monotonic()
        cable.mend()
        say("mended")
        for resources in mended:
            _alarms(resources, district, street, result)
        eventually(lambda: _through(district, street), within=patience, what="caught up")
        with suppress(AssertionError):  # what is missing then is counted as lost
            eventually(lambda: _compared(district, street).lost == 0, within=HANDS)
        result.seconds["to catch up"] = time.monotonic() - healed
    found = _compared(district, street)
    result.lost, result.doubled, result.effects = found.lost, found.doubled, found.effects
    for here, there in ((street, district), (district, street)):
        _order(here, there, result)
    return result


def _compared(district: Site, street: Site) -> Result:
    """Both sides record by record: what is lost, what is doubled, how many effects there were."""
    result = Result()
    _compare(street, district, "needs", result)
    _compare(district, street, "deliveries", result)
    _compare(district, street, "organisations", result)
    _effects(street, district, "escalations", "escalation", result)
    _effects(district, street, "organisations", "organisation_approved", result)
    return result


def _all_sent(site: Site) -> bool:
    return site.node.depth(site.link) >= site.events


def _pile_up(*sites: Site) -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.faults.piling",
             str(site.home.description(site.node.area)), kind, str(count), STREET], cwd=ROOT,
        )
        for site in sites for kind, count in site.piles.items()
    ]  # fmt: skip
    assert [process.wait() for process in running] == [0] * len(running)


def _alarms(resources: Sequence[str], district: Site, street: Site, result: Result) -> None:
    """On both sides at the same time, until the operator is told; commands are answered meanwhile."""
    brokers = {id(site.embedded): site.embedded for site in (district, street)}.values()
    with ExitStack() as raised:
        for one in brokers:
            raised.enter_context(alarm(one, *resources))
        for site in (district, street):
            eventually(partial(_told_of, resources, site, result), what=f"status tells of {resources}")
        body = {"area": STREET, "name": "告警时", "track": "filed", "established_on": "2018-05-04"}
        answer = street.node.post("/api/registry/organisations", body, "street_staff")
        assert answer.status_code == 201, answer.text


def _told_of(resources: Sequence[str], site: Site, result: Result) -> bool:
    told = [line for line in _faults(site) for resource in resources if f": {resource} alarm" in line]
    result.warnings += told
    return len(told) == len(resources)


def _faults(*sites: Site) -> list[str]:
    return [
        f"{site.node.area}: {line}"
        for site in sites
        for line in status.inspect(site.home, site.node.area).faults
    ]


def _through(*sites: Site) -> bool:
    """Nothing waits anywhere, looked at twice, as something may be on its way between two queues."""
    return all(_empty(site) for site in (*sites, *sites))


def _empty(site: Site) -> bool:
    queues = [site.link, *RETRIES, *map(topology.service_queue, ("gateway", *SERVICES))]
    if any(site.node.depth(queue) for queue in queues):
        return False
    return not any(site.node.metric(service, "hatchery_outbox_pending") for service in SERVICES)


RETRIES = tuple(topology.RETRIES)


@contextmanager
def _watching(result: Result, *sites: Site) -> Iterator[None]:
    """Keep the greatest depth of each link and outbox."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1.0):
            for site in sites:
                with suppress(requests.RequestException, pika.exceptions.AMQPError, AssertionError):
                    seen = {site.link: site.node.depth(site.link)}
                    for service in SERVICES:
                        pending = site.node.metric(service, "hatchery_outbox_pending")
                        seen[f"outbox {site.node.area} {service}"] = int(pending)
                        queue = topology.service_queue(service)
                        seen[f"{queue} {site.node.area}"] = site.node.depth(queue)
                    result.most |= Counter(seen)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _compare(owner: Site, reader: Site, kind: str, result: Result) -> None:
    """Each record as its owner has it, against the copy at the other side."""
    pile = KINDS[kind]
    place = pile.service, pile.document._get_collection_name(), {"owner": owner.node.area}
    own = {one["_id"]: (one["epoch"], one["sequence"]) for one in owner.rows(*place, "epoch", "sequence")}
    copies = {one["_id"]: (one["epoch"], one["sequence"]) for one in reader.rows(*place, "epoch", "sequence")}
    assert len(own) >= owner.piles[kind]
    result.lost += sum(copies.get(identifier) != version for identifier, version in own.items())


def _effects(owner: Site, reader: Site, kind: str, template: str, result: Result) -> None:
    """Each record has led to exactly one message at the other side."""
    told = Counter(
        one["about"] for one in reader.rows("notifications", "messages", {"template": template}, "about")
    )
    result.effects += sum(told.values())
    result.lost += owner.piles[kind] - len(told)
    result.doubled += sum(count - 1 for count in told.values())


def _order(publisher: Site, reader: Site, result: Result) -> None:
    """Read the other side's stream: of each subject the publisher's events came by rising sequence, and all of
    them came."""
    newest: dict[str, int] = defaultdict(int)
    seen: set[str] = set()
    for event in _logged(reader.node, lambda: len(seen) >= publisher.events):
        if event["source"].split("/")[1] != publisher.node.area or "directedto" in event:
            continue  # what is told again to one node alone has the sequence that it had
        if event["id"] in seen:
            result.repeats += 1
            continue
        seen.add(event["id"])
        if event["sequence"] <= newest[event["subject"]]:
            result.out_of_order += 1
            result.warnings.append(f"{event['type']} {event['sequence']} after {newest[event['subject']]}")
        newest[event["subject"]] = event["sequence"]
    result.read += len(seen)
    result.lost += max(0, publisher.events - len(seen))


def _logged(node: RunningNode, enough: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    """All of `events.log` from its beginning: until nothing comes for a second and that is `enough`, or for half
    a minute."""
    idle = 0
    with node.amqp() as connection:
        channel = connection.channel()
        channel.basic_qos(prefetch_count=1000)
        start = {"x-stream-offset": "first"}
        for method, _, body in channel.consume(topology.LOG, arguments=start, inactivity_timeout=1):
            if method is None:
                idle += 1
                if enough() or idle > 30:
                    break
                continue
            idle = 0
            if method.delivery_tag % 500 == 0:
                channel.basic_ack(method.delivery_tag, multiple=True)
            yield json.loads(body)


def told(result: Result, district: Site, street: Site) -> list[str]:
    """What came of it, in lines."""
    caught = result.seconds["to catch up"]
    total = street.events + district.events
    return [
        f"events: {street.events} rose, {district.events} descended (and what followed from them)",
        f"lost {result.lost}, doubled {result.doubled}, out of order {result.out_of_order}",
        f"events read for their order: {result.read}",
        f"effects across the link: {result.effects}, each once",
        f"repeats that the link brought and the services recognised: {result.repeats}",
        *(f"{name}: {seconds:.0f} s" for name, seconds in result.seconds.items()),
        f"rate of catching up: {total / caught:.0f} events/s",
        *(f"at most in {name}: {count}" for name, count in sorted(result.most.items()) if count),
        *(f"status said: {line}" for line in dict.fromkeys(result.warnings)),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description="A link that is down for days.")
    parser.add_argument("--events", type=int, default=50_000, help="on each side")
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds for each wait")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="days-cut-off-"))
    servers = [Embedded(folder / name) for name in ("above", "below")]
    try:
        for one in servers:
            one.start()
        with joined(folder, *servers) as (district, street, cable):
            result = run(
                district, street, cable, given.events, patience=given.patience, say=_say,
                cut_off=[["memory"], ["disk"]], mended=[["memory"], ["disk"]],
            )  # fmt: skip
            for line in told(result, district, street):
                _say(line)
            return 0 if result.right else 1
    finally:
        for one in servers:
            one.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
