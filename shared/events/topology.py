"""The exchanges and queues of a node's virtual host: names, pure definitions, and two ways to apply them.

    services ──► events.own ──────────────────────────────┐
    children ─► link.in.<child> ─► ingress.<child> ─► events.below ─► events.all ─► svc.<service>, sub.<subscriber>
    parent ───► link.in.above ───► events.above ──────────┘     (each of the three also feeds the stream events.log)

A service declares `base` and its own `service` part at its start, so a node works before any operator's
command has run. The links' parts belong to operators: `hatchery node add` applies them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import amqp

from shared import areas

Audience = Literal["public", "area", "node"]
AUDIENCES: tuple[Audience, ...] = ("public", "area", "node")

OWN = "events.own"  # services publish here, and nowhere else
BELOW = "events.below"  # what children may tell, admitted by their ingress
ABOVE = "events.above"  # what the parent tells
ALL = "events.all"  # the three together: what services and subscribers bind to
LOG = "events.log"  # a bounded stream of all events, each once; subscribers replay their gaps from it
REFUSED_EXCHANGE = "events.refused"
REFUSED = "refused"  # what a child pushed that is not of its own subtree, or must not leave its node
LINK_UP = "link.up"  # at the child: what waits for the parent
_INLET = "link.in."
INLET_ABOVE = f"{_INLET}above"  # at the child: as an inlet at the parent, of what the parent tells

# Steps of the back-off, shortest first: exchange and queue of that name, and their delay in milliseconds.
RETRIES: Mapping[str, int] = {
    "retry.1s": 1_000,
    "retry.10s": 10_000,
    "retry.1m": 60_000,
    "retry.10m": 600_000,
}

LOG_BYTES = 1024**3
LOG_AGE = "30D"  # as long as sent events are kept in the store
SEGMENT_BYTES = 50_000_000  # a stream forgets whole segments, so they stay well below its bound
LINK_BYTES = 4 * 1024**3  # some two million events: a link may be down for weeks
REFUSED_BYTES = 256 * 1024**2
# The broker counts a lost connection as a delivery: the limit is the last net only. A small one has thrown
# away whole prefetch windows in a few reconnects.
SERVICE_DELIVERIES = 1_000
PATIENT_DELIVERIES = 1_000_000
# Of what waits in a link: a shovel gives back at once what the other end refuses (an inlet that is full, or that the
# broker can start no more), hundreds of times a second. A million are used up within hours, and the event would be
# gone.
LINK_DELIVERIES = 10**12


@dataclass(frozen=True)
class Exchange:
    name: str
    type: Literal["topic", "fanout"] = "topic"
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Queue:
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Binding:
    """From an exchange to a queue, or to another exchange."""

    source: str
    destination: str
    key: str = "#"
    to: Literal["queue", "exchange"] = "queue"


@dataclass(frozen=True)
class Topology:
    """Durable parts of one virtual host. `a + b` is both, without doubles."""

    exchanges: tuple[Exchange, ...] = ()
    queues: tuple[Queue, ...] = ()
    bindings: tuple[Binding, ...] = ()

    def __add__(self, other: Topology) -> Topology:
        return Topology(
            self.exchanges + tuple(e for e in other.exchanges if e not in self.exchanges),
            self.queues + tuple(q for q in other.queues if q not in self.queues),
            self.bindings + tuple(b for b in other.bindings if b not in self.bindings),
        )


def area_words(area: str) -> str:
    """The end of a routing key: full codes from the district down, `230102.230102001`."""
    return ".".join(areas.path(area))


def routing_key(service: str, noun: str, verb: str, audience: Audience, area: str) -> str:
    """`registry.organisation.registered.area.230102.230102001`. Raises ValueError for what is no key."""
    if audience not in AUDIENCES:
        raise ValueError(f"{audience!r} is no audience: {', '.join(AUDIENCES)}")
    for word in (service, noun, verb):
        if not word or "." in word or "*" in word or "#" in word:
            raise ValueError(f"{word!r} is not one word of a routing key")
    return f"{service}.{noun}.{verb}.{audience}.{area_words(area)}"


def service_queue(service: str) -> str:
    return f"svc.{service}"


def dead_queue(service: str) -> str:
    """Where messages rest that the service cannot apply; their headers say why."""
    return f"svc.{service}.dead"


def parked_queue(service: str) -> str:
    """Where messages wait that only a newer version of the service understands."""
    return f"svc.{service}.parked"


def ingress(child: str) -> str:
    """The one exchange at a parent into which this child may write."""
    return f"ingress.{child}"


def inlet(child: str) -> str:
    """The exchange and queue at a parent in which what the child pushed waits until all queues there have it."""
    return f"{_INLET}{child}"


def is_inlet(queue: str) -> bool:
    return queue.startswith(_INLET)


def link_down(child: str) -> str:
    """The queue at a parent of what waits for this child."""
    return f"link.down.{child}"


def subscriber_queue(name: str) -> str:
    return f"sub.{name}"


def base() -> Topology:
    """What every node has: the exchanges, the stream, the delays' queues, the refused messages."""
    sources = (OWN, BELOW, ABOVE)
    topics = tuple(Exchange(name) for name in (*sources, ALL))
    log = Queue(
        LOG,
        {
            "x-queue-type": "stream",
            "x-max-length-bytes": LOG_BYTES,
            "x-max-age": LOG_AGE,
            "x-stream-max-segment-size-bytes": SEGMENT_BYTES,
        },
    )
    # A stranger must not fill the parent's disk: the oldest refused messages give way.
    refused = Queue(REFUSED, _quorum(PATIENT_DELIVERIES, **{"x-max-length-bytes": REFUSED_BYTES}))
    delays = tuple(Queue(name, _delay(delay)) for name, delay in RETRIES.items())
    fanouts = tuple(Exchange(name, "fanout") for name in (REFUSED_EXCHANGE, *RETRIES))
    return Topology(
        (*topics, *fanouts),
        (log, refused, *delays),
        (
            *(Binding(source, ALL, to="exchange") for source in sources),
            # From the three and not from events.all: one event enters by one of them, so it is logged once.
            *(Binding(source, LOG) for source in sources),
            Binding(REFUSED_EXCHANGE, REFUSED),
            *(Binding(name, name) for name in RETRIES),
        ),
    )


def service(name: str, patterns: Iterable[str]) -> Topology:
    """A service's queue with its dead letters and parked messages; `patterns` are routing patterns."""
    queue = Queue(
        service_queue(name),
        _quorum(SERVICE_DELIVERIES) | _dead_letter(dead_queue(name)),
    )
    dead = Queue(dead_queue(name), _quorum(PATIENT_DELIVERIES))
    parked = Queue(parked_queue(name), _quorum(PATIENT_DELIVERIES))
    return Topology(
        (), (queue, dead, parked), tuple(Binding(ALL, queue.name, key) for key in sorted(set(patterns)))
    )


def link_at_parent(child: str) -> Topology:
    """What a child writes into and reads from; needs `base`. Its shovel writes into the inlet.

    The ingress admits what concerns the child's subtree and may leave it; anything else takes the alternate
    exchange to the refused messages.
    """
    entry = Exchange(ingress(child), "topic", {"alternate-exchange": REFUSED_EXCHANGE})
    words = area_words(child)
    admitted = (f"*.*.*.public.{words}.#", f"*.*.*.area.{words}.#")
    wanted = ("*.*.*.public.#", f"*.*.*.area.{words}.#")
    return Topology(
        (entry,),
        (Queue(link_down(child), _link()),),
        (
            *(Binding(entry.name, BELOW, key, to="exchange") for key in admitted),
            *(Binding(source, link_down(child), key) for source in (OWN, ABOVE) for key in wanted),
        ),
    ) + _handed_over(inlet(child), entry.name)


def link_at_child() -> Topology:
    """What waits for the parent: everything but what must not leave the node; and what comes from it. Needs `base`."""
    return Topology(
        (),
        (Queue(LINK_UP, _link()),),
        tuple(
            Binding(source, LINK_UP, key)
            for source in (OWN, BELOW)
            for key in ("*.*.*.public.#", "*.*.*.area.#")
        ),
    ) + _handed_over(INLET_ABOVE, ABOVE)


def _handed_over(name: str, exchange: str) -> Topology:
    """Where a shovel hands over, and from where the broker itself passes on to `exchange`: each message leaves at once
    as a dead letter, stays until all queues that it is for have taken it, and is given again only to those that have
    not, after a pause. Shovels know neither: what one queue refused, they hand to all of them again, without end.
    """
    passing_on = {
        "x-message-ttl": 0,
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-strategy": "at-least-once",
    }
    return Topology((Exchange(name, "fanout"),), (Queue(name, _link() | passing_on),), (Binding(name, name),))


def subscriber(name: str, patterns: Iterable[str], max_length: int) -> Topology:
    """Another system's queue of at most `max_length` messages; the oldest give way, publishers never wait."""
    queue = Queue(
        subscriber_queue(name),
        _quorum(PATIENT_DELIVERIES, **{"x-max-length": max_length, "x-overflow": "drop-head"}),
    )
    return Topology((), (queue,), tuple(Binding(ALL, queue.name, key) for key in sorted(set(patterns))))


def accepted(queue: Queue) -> tuple[Mapping[str, Any], ...]:
    """Arguments that a queue which exists may have. Those of a link that a version before 0.4.1 made cannot be changed,
    and it does until its limit of deliveries is used up."""
    if queue.arguments == _link():
        return (queue.arguments, {**queue.arguments, "x-delivery-limit": PATIENT_DELIVERIES})
    return (queue.arguments,)


def declare(channel: amqp.Channel, topology: Topology) -> None:
    """Create what is missing. Raises amqp.PreconditionFailed where something of that name differs.

    Bindings are only ever added: a pattern that a newer version no longer has must be unbound by hand.
    """
    for exchange in topology.exchanges:
        channel.exchange_declare(
            exchange.name, exchange.type, durable=True, auto_delete=False, arguments=dict(exchange.arguments)
        )
    for queue in topology.queues:
        channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=dict(queue.arguments))
    for binding in topology.bindings:
        bind = channel.queue_bind if binding.to == "queue" else channel.exchange_bind
        bind(binding.destination, binding.source, binding.key)


def definitions(topology: Topology) -> dict[str, Any]:
    """The same as the body of the management API's `POST /api/definitions/{vhost}`."""
    return {
        "exchanges": [
            {
                "name": e.name,
                "type": e.type,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": dict(e.arguments),
            }
            for e in topology.exchanges
        ],
        "queues": [
            {"name": q.name, "durable": True, "auto_delete": False, "arguments": dict(q.arguments)}
            for q in topology.queues
        ],
        "bindings": [
            {
                "source": b.source,
                "destination": b.destination,
                "destination_type": b.to,
                "routing_key": b.key,
                "arguments": {},
            }
            for b in topology.bindings
        ],
    }


def _quorum(deliveries: int, **more: Any) -> dict[str, Any]:
    return {"x-queue-type": "quorum", "x-delivery-limit": deliveries, **more}


def _link() -> dict[str, Any]:
    """Never expires: a link may be down for days. Full, it refuses, and outboxes keep what it refused."""
    bound = {"x-max-length-bytes": LINK_BYTES, "x-overflow": "reject-publish"}
    return _quorum(LINK_DELIVERIES, **bound)


def _dead_letter(key: str | None) -> dict[str, Any]:
    """Through the default exchange to the queue `key`, or back to where the message's own key points."""
    target = {"x-dead-letter-routing-key": key} if key else {}
    return {
        "x-dead-letter-exchange": "",
        **target,
        "x-dead-letter-strategy": "at-least-once",  # needs the next one
        "x-overflow": "reject-publish",
    }


def _delay(milliseconds: int) -> dict[str, Any]:
    return _quorum(PATIENT_DELIVERIES, **{"x-message-ttl": milliseconds}) | _dead_letter(None)
