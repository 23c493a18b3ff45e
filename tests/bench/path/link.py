"""From a street to its district: over HTTP and the link, and what waits in the link against a bare shovel.

For the latter the same messages wait in a quorum queue. The bare shovel moves them into another one; the link moves
them on into the district: into the queues of its services, and as far as their read models. All are timed from the
first arrival to the last.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import amqp
import requests

from deploy.links import PREFETCH, RISE
from shared.events import envelope, topology
from shared.events.types import routing_key
from shared.ids import new_id
from tests.bench.path import ours
from tests.bench.path.machine import Machine
from tests.bench.path.paths import Say, Told, line, spread, summary
from tests.bench.path.runs import burst, run
from tests.cable import Cable
from tests.deploy.support import clear
from tests.system.conftest import Tiers, start_all

RECORDS = 200  # applications, known to the district before anything is counted
BARE = "bare"  # queue and exchange of the bare shovel's ends
PATIENCE = 120.0  # seconds
LOOK = 0.02  # seconds

Message = tuple[dict[str, Any], bytes]  # an envelope, and how it is sent


@contextmanager
def tiers(machine: Machine, areas: Sequence[str]) -> Iterator[Tiers]:
    """A district and nodes below it, set up as operators do."""
    home = machine.folder / f"home-{areas[-1]}"
    home.mkdir()
    shutil.copy(machine.embedded.home / "embedded.yaml", home / "embedded.yaml")
    cable = Cable(("127.0.0.1", machine.embedded.addresses.amqp_port))
    made = Tiers(home, machine.embedded, cable, {})
    try:
        for area in areas:
            made.add(area, ",".join(ours.SERVICES), ours.DISTRICT if area != ours.DISTRICT else None)
        start_all(made)
        yield made
    finally:
        for node in reversed(made.nodes.values()):
            node.stop()
        cable.close()
        clear(machine.embedded.addresses, ours.DISTRICT)


def measure(machine: Machine, events: int, runs: int, say: Say) -> Told:
    """`events` of each run wait in the link; over HTTP come as many as there are records, since a command costs far
    more than a message."""
    with tiers(machine, (ours.DISTRICT, ours.STREET)) as made:
        street, district = made[ours.STREET], made[ours.DISTRICT]
        ours.populate(machine, street, RECORDS)
        path = ours.Ours(machine, street, district)
        run(path, burst(RECORDS))
        over_http = summary([run(path, burst(RECORDS)) for _ in range(runs)])
        say(f"  street to district: {line(over_http)}")
        street.stop()
        waiting = Waiting(machine, path)
        applied = [waiting.applied(events) for _ in range(runs)]
        district.stop()
        queued = [waiting.queued(events) for _ in range(runs)]
    bare = [_bare(machine, waiting.messages(events)) for _ in range(runs)]
    told: Told = {"over_http": over_http, "lost": waiting.lost}
    told |= {"applied": spread(applied), "queued": spread(queued), "bare": spread(bare)}
    rates = {name: told[name]["median"] for name in ("applied", "queued", "bare")}
    say(f"  what waits in the link, events/s: {rates}")
    return told


class Waiting:
    """Events that wait in a street's link while its shovel rests. The street's services do not run: what they told
    last is told on with new places, as if they had gone on."""

    def __init__(self, machine: Machine, path: ours.Ours) -> None:
        self._machine, self._path = machine, path
        self._places = dict(path.at_record())
        self._model = path.last_told()
        self.lost = 0

    def messages(self, count: int) -> list[Message]:
        """The records by turns, each time one place further."""
        made = []
        names = sorted(self._places)
        for number in range(count):
            record = names[number % len(names)]
            self._places[record] += 1
            one = self._model | {"id": new_id(), "subject": record, "sequence": self._places[record]}
            one["data"] = one["data"] | {"id": record}
            made.append((one, envelope.encode(one)))
        return made

    def applied(self, count: int) -> float:
        """Events applied at the district per second, once the shovel runs again."""
        began = self._applied()
        rate = self._through_link(count, lambda: self._applied() - began)
        self.lost += began + count - self._applied()
        return rate

    def queued(self, count: int) -> float:
        """The same, as far as into the queues of the district's services, which do not run."""
        district = self._path.read_at
        queue = topology.service_queue("incubator")
        with self._machine.amqp(district.vhost) as connection:
            channel = connection.channel()

            def depth() -> int:
                return int(channel.queue_declare(queue, passive=True).message_count)

            began = depth()
            return self._through_link(count, lambda: depth() - began)

    def _through_link(self, count: int, arrived: Callable[[], int]) -> float:
        vhost = self._path.node.vhost
        shovel = f"{_api(self._machine)}/parameters/shovel/{vhost}/{RISE}"
        login = _login(self._machine)
        settings = requests.get(shovel, auth=login, timeout=30).json()["value"]
        requests.delete(shovel, auth=login, timeout=30).raise_for_status()
        publish(self._machine, vhost, topology.OWN, self.messages(count))
        requests.put(shovel, auth=login, json={"value": settings}, timeout=30).raise_for_status()
        return _rate(count, arrived)

    def _applied(self) -> int:
        return sum(self._path.applied(list(self._places)).values())


def _bare(machine: Machine, messages: Sequence[Message]) -> float:
    """Messages moved per second by a shovel with the settings of a link's, from one quorum queue into another."""
    source, destination = machine.vhost("bare"), machine.vhost("bare")
    for vhost in (source, destination):
        with machine.amqp(vhost) as connection:
            channel = connection.channel()
            channel.exchange_declare(BARE, "fanout", durable=True, auto_delete=False)
            channel.queue_declare(BARE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
            channel.queue_bind(BARE, BARE)
    publish(machine, source, BARE, messages)
    uri = machine.embedded.addresses.amqp_uri
    settings = {
        "src-protocol": "amqp091", "src-uri": uri(source), "src-queue": BARE, "src-prefetch-count": PREFETCH,
        "dest-protocol": "amqp091", "dest-uri": uri(destination), "dest-exchange": BARE, "ack-mode": "on-confirm",
    }  # fmt: skip
    with machine.amqp(destination) as connection:
        channel = connection.channel()
        requests.put(
            f"{_api(machine)}/parameters/shovel/{source}/{BARE}",
            auth=_login(machine), json={"value": settings}, timeout=30,
        ).raise_for_status()  # fmt: skip
        return _rate(len(messages), lambda: int(channel.queue_declare(BARE, passive=True).message_count))


def _rate(count: int, arrived: Callable[[], int]) -> float:
    """From the first arrival that is seen to the last."""
    first: tuple[float, int] | None = None
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        there, now = arrived(), time.monotonic()
        if there and first is None:
            first = (now, there)
        if first and there >= count:
            return (count - first[1]) / max(LOOK, now - first[0])
        time.sleep(LOOK)
    return 0.0


def publish(machine: Machine, vhost: str, exchange: str, messages: Sequence[Message]) -> None:
    """As the relay sends them, each with a confirm; returns once the broker has them all."""
    with machine.amqp(vhost) as connection:
        channel = connection.channel()
        channel.confirm_select()
        waiting = set(range(1, len(messages) + 1))

        def settled(tag: int, multiple: bool) -> None:
            waiting.difference_update({one for one in waiting if one <= tag} if multiple else {tag})

        channel.events["basic_ack"].add(settled)
        for one, body in messages:
            message = amqp.Message(
                body,
                content_type=envelope.CONTENT_TYPE,
                delivery_mode=2,
                message_id=one["id"],
                type=one["type"],
            )
            channel.basic_publish(message, exchange=exchange, routing_key=routing_key(one), mandatory=True)
        while waiting:
            connection.drain_events(timeout=PATIENCE)


def _api(machine: Machine) -> str:
    return f"{machine.embedded.addresses.admin_url}/api"


def _login(machine: Machine) -> tuple[str, str]:
    return machine.embedded.addresses.user, machine.embedded.addresses.password
