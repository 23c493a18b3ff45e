"""The health of nodes: services, queues, dead letters, outboxes and links, and what to type next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests
from pika.adapters.blocking_connection import BlockingConnection
from rich.console import Console
from rich.table import Table

from deploy import links, shown, uris
from deploy.channel import connected, depth
from deploy.home import Home
from deploy.places import Place, own_place
from deploy.shown import Shown
from deploy.trouble import Trouble
from shared import areas
from shared.events import topology
from shared.node import GATEWAY, Node

ANSWER = 3.0  # seconds that a service has to answer
BACKLOG = 10_000  # messages; more than a minute's work for a service
LINK_SHARE = 0.1  # of a link queue's bound
LINK_DAYS = 3.0  # until a link's queue is full: a week-end's warning
OUTBOX_AGE = 60.0  # seconds that a committed event may wait for its way out
_LEFT = re.compile(r'^hatchery_link_seconds_until_full\{link="([^"]+)"\} ([0-9.eE+-]+)$', re.MULTILINE)
_AGE = re.compile(r"^hatchery_outbox_age_seconds(?:\{[^}]*\})? ([0-9.eE+-]+)$", re.MULTILINE)


@dataclass
class ServiceHealth:
    """None stands for unknown: what cannot be asked just now."""

    name: str
    alive: bool = False
    ready: bool = False
    waiting: int | None = None
    consumers: int | None = None
    dead: int | None = None
    parked: int | None = None
    outbox_age: float | None = None


@dataclass
class LinkHealth:
    """A link as its child sees it, or, without states, as its parent does."""

    child: str
    parent: str
    states: dict[str, str] = field(default_factory=dict)
    up: int | None = None
    down: int | None = None
    up_bytes: int | None = None
    down_bytes: int | None = None


@dataclass
class NodeHealth:
    area: str
    name: str
    url: str
    broker: bool = True
    services: list[ServiceHealth] = field(default_factory=list)
    links: list[LinkHealth] = field(default_factory=list)
    certificates: list[Shown] = field(default_factory=list)
    refused: int | None = None
    alarms: list[str] = field(default_factory=list)  # what the broker is short of: memory, disk
    faults: list[str] = field(default_factory=list)  # each with the command to type next


def inspect(home: Home, area: str) -> NodeHealth:
    """Ask everything of a node that can be asked; what does not answer is a fault, never an exception."""
    node = home.node(area)
    names = (GATEWAY, *node.services)
    with ThreadPoolExecutor(len(names)) as pool:
        services = list(pool.map(lambda name: _ask(node, name), names))
    health = NodeHealth(area, node.name, node.url, services=services)
    try:
        place = own_place(home, area)
        with connected(place.address) as connection:
            _count(connection, health)
            _children(home, area, connection, health)
        _of_broker(place, health)
        if node.parent and home.operator(area).linked:
            health.links.insert(0, _uplink(place, area, node.parent, health))
    except Trouble as trouble:
        health.broker = False
        health.faults.append(f"{trouble}; start or check the broker, then: hatchery node status {area}")
    health.certificates = [*shown.own(node), *health.certificates]
    health.faults += shown.faults(health.certificates)
    health.faults += _foreseen(node, health)
    health.faults += _service_faults(health) if health.broker else _silent(health)
    return health


def _ask(node: Node, name: str) -> ServiceHealth:
    health = ServiceHealth(name)
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = node.verify
            base = node.url_of(name)
            health.alive = session.get(f"{base}/livez", timeout=ANSWER).ok
            health.ready = session.get(f"{base}/readyz", timeout=ANSWER).ok
            figures = session.get(f"{base}/metrics", timeout=ANSWER)
            ages = [float(age) for age in _AGE.findall(figures.text)] if figures.ok else []
            health.outbox_age = max(ages, default=None)
    except (requests.RequestException, ValueError):
        pass
    return health


def _count(connection: BlockingConnection, health: NodeHealth) -> None:
    for service in health.services:
        queue = depth(connection, topology.service_queue(service.name))
        service.waiting, service.consumers = queue or (None, None)
        service.dead = _waiting(connection, topology.dead_queue(service.name))
        service.parked = _waiting(connection, topology.parked_queue(service.name))
    health.refused = _waiting(connection, topology.REFUSED)
    if health.refused:
        health.faults.append(
            f"refused {health.refused} messages of children: hatchery letters list {health.area} --refused"
        )


def _of_broker(place: Place, health: NodeHealth) -> None:
    for queue in sorted(place.admin.queues_down(place.address.vhost)):
        health.faults.append(
            f"queue {queue} is down: start the broker again; if it stays down, the broker can read its data no "
            f"more: {_replacing(health.area, queue)}, see docs/operations/backup.md"
        )
    for inlet in sorted(filter(topology.is_inlet, place.admin.queues(place.address.vhost))):
        held = place.admin.held(place.address.vhost, inlet)
        if held > BACKLOG:
            health.faults.append(
                f"{inlet} holds {held} messages that a queue of this node does not take: mend the queue that is full "
                "or down; if there is none, start the broker again, see docs/operations/links.md"
            )
    health.alarms = sorted(place.admin.alarms())
    for resource in health.alarms:
        health.faults.append(
            f"{resource} alarm: broker {place.admin.label} takes no events until it has more {resource}; "
            "commands go on, see docs/operations/links.md"
        )


def _replacing(area: str, queue: str) -> str:
    """Who makes the queue anew: the node that declares it, which is the child for its link's upper end."""
    if queue.startswith(topology.subscriber_queue("")):
        return "delete it in RabbitMQ's management, then hatchery subscriber add"
    child = queue.removeprefix(topology.link_down("")).removeprefix(topology.inlet(""))
    declares = child if areas.is_area(child) else area
    return f"hatchery node add {declares} --replace-broken"


def _foreseen(node: Node, health: NodeHealth) -> Iterator[str]:
    """Links that will soon be full, as the gateway reckons; nothing where it does not answer."""
    gateway = next((service for service in health.services if service.name == GATEWAY), None)
    if gateway is None or not gateway.alive:
        return
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = node.verify
            figures = session.get(f"{node.url_of(GATEWAY)}/metrics", timeout=ANSWER).text
    except requests.RequestException:
        return
    for queue, seconds in _LEFT.findall(figures):
        days = float(seconds) / 86_400
        if days < LINK_DAYS:
            yield f"{queue} will be full in {days:.1f} days: mend the link, see docs/operations/links.md"


def _uplink(place: Place, area: str, parent: str, health: NodeHealth) -> LinkHealth:
    """The link to the parent. Its other end is asked with the link's own user, as the shovels do."""
    link = LinkHealth(area, parent)
    repair = f"hatchery node add {area} repairs what is missing"
    found = place.admin.shovel_states(place.address.vhost)
    link.states = {name: found.get(name, "missing") for name in (links.RISE, links.DESCEND)}
    broken = [f"{name} is {state}" for name, state in link.states.items() if state != "running"]
    if broken:
        health.faults.append(f"link to {parent}: {', '.join(broken)}: check the parent's broker; {repair}")
    with connected(place.address) as connection:
        link.up = _waiting(connection, topology.LINK_UP)
    link.up_bytes = place.admin.queue_bytes(place.address.vhost).get(topology.LINK_UP)
    far = links.far_end(place.admin, place.address.vhost)
    if far:
        health.certificates += shown.of_broker("the parent's broker", uris.parse(far))
        try:
            with connected(uris.parse(far)) as connection:
                link.down = _waiting(connection, topology.link_down(area))
        except Trouble as trouble:
            health.faults.append(f"link to {parent}: {trouble}; {repair}")
    health.faults += _backlog(link, health.area)
    return link


def _children(home: Home, area: str, connection: BlockingConnection, health: NodeHealth) -> None:
    """Links of the children that the home or the broker knows, as far as this end can tell."""
    place = own_place(home, area)
    held = place.admin.queue_bytes(place.address.vhost)
    prefix = topology.ingress("")
    for name in sorted(place.admin.exchanges(place.address.vhost)):
        child = name.removeprefix(prefix)
        if name != child and child in home.nodes() and not home.operator(child).linked:
            continue
        if name != child:
            queue = topology.link_down(child)
            link = LinkHealth(child, area, down=_waiting(connection, queue), down_bytes=held.get(queue))
            health.links.append(link)
            health.faults += _backlog(link, area)


def _waiting(connection: BlockingConnection, queue: str) -> int | None:
    found = depth(connection, queue)
    return found[0] if found else None


def _backlog(link: LinkHealth, area: str) -> Iterator[str]:
    far = link.child if area == link.parent else link.parent
    for queue, held, size in (
        (topology.LINK_UP, link.up, link.up_bytes),
        (topology.link_down(link.child), link.down, link.down_bytes),
    ):
        share = (size or 0) / topology.LINK_BYTES
        if (held or 0) > BACKLOG or share > LINK_SHARE:
            full = f" ({share:.0%} full)" if share >= 0.01 else ""
            yield f"{queue} holds {held} messages{full}: see the link's other end: hatchery node status {far}"


def _service_faults(health: NodeHealth) -> Iterator[str]:
    yield from _silent(health)
    for service in health.services:
        name, letters = service.name, f"{health.area} {service.name}"
        if service.alive and not service.ready:
            yield f"{name} is not ready: see its log, {name}.log"
        elif service.alive and service.waiting is not None and not service.consumers:
            yield f"{name} does not consume: see its log, {name}.log"
        if (service.waiting or 0) > BACKLOG:
            yield f"{name} is {service.waiting} messages behind: run more of it, or see {name}.log"
        if service.dead:
            yield f"{name} gave up {service.dead} messages: hatchery letters list {letters}"
        if service.parked:
            yield f"{name} is too old for {service.parked} messages: hatchery letters list {letters} --parked"
        if (service.outbox_age or 0) > OUTBOX_AGE:
            age = f"{service.outbox_age:.0f} s"
            yield f"{name} could not publish for {age}: see {name}.log and the broker's alarms"


def _silent(health: NodeHealth) -> Iterator[str]:
    """Which processes are down; asked without a broker too, as services take commands without it."""
    down = [service.name for service in health.services if not service.alive]
    if down:
        which = "no service answers" if len(down) == len(health.services) else f"{', '.join(down)} down"
        yield f"{which}: hatchery node run {health.area}"


def render(nodes: list[NodeHealth], console: Console) -> None:
    """One table of services and links, then what needs attention."""
    table = Table(title="Nodes 节点")
    for heading in ("node", "part", "state"):
        table.add_column(heading, no_wrap=True)
    for heading in ("waiting", "consumers", "dead", "parked", "outbox"):
        table.add_column(heading, justify="right", no_wrap=True)
    for node in nodes:
        label = f"{node.area} {node.name}" if node.name != node.area else node.area
        for service in node.services:
            state = "ready" if service.ready else "alive" if service.alive else "down"
            figures = (service.waiting, service.consumers, service.dead, service.parked)
            table.add_row(label, service.name, state, *map(_figure, figures), _age(service.outbox_age))
            label = ""
        for link in node.links:
            for row in _link_rows(node.area, link):
                table.add_row(label, *row)
        for each in node.certificates:
            days = "?" if each.days is None else f"{each.days} days"
            table.add_row("", f"certificate of {each.of}", days)
        if node.refused is not None:
            state = "clear" if not node.refused else "refused"
            table.add_row("", "refused messages", state, _figure(node.refused))
        table.add_section()
    console.print(table)
    for node in nodes:
        for fault in node.faults:
            console.print(
                f"! {node.area}: {fault}", style="red", soft_wrap=True, markup=False, highlight=False
            )
    if not any(node.faults for node in nodes):
        console.print("all healthy", style="green")


def _link_rows(area: str, link: LinkHealth) -> Iterator[tuple[str, str, str]]:
    if link.parent == area:
        yield f"link down to {link.child}", "", _figure(link.down)
    else:
        yield f"link up to {link.parent}", link.states.get(links.RISE, "?"), _figure(link.up)
        yield f"link down from {link.parent}", link.states.get(links.DESCEND, "?"), _figure(link.down)


def _figure(number: int | None) -> str:
    return "?" if number is None else str(number)


def _age(seconds: float | None) -> str:
    return "?" if seconds is None else f"{seconds:.1f} s"
