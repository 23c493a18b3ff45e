"""The relay against a real broker: what is confirmed leaves the outbox, in each subject's order, and what
nobody takes stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import amqp
import pytest

from deploy.embedded import Embedded
from shared import runtime
from shared.events import broker, envelope, topology
from shared.events.envelope import decode
from shared.events.relay import Publisher, Relay, Unconfirmed
from shared.events.types import routing_key
from shared.store import connection as store
from shared.store import outbox, wakeup
from shared.store.outbox import SentEvent
from tests.shared.store.permits import (
    DOCUMENTS,
    HERE,
    PERMIT,
    Journal,
    JournalLine,
    Permit,
    call,
    count,
    grant,
    open_journal,
)

pytestmark = pytest.mark.service

QUEUE = "svc.watcher"


@dataclass
class Bus:
    """One node's virtual host, with the plain client's view of it."""

    connection: amqp.Connection
    channel: amqp.Channel

    def bare(self) -> None:
        """An exchange to publish to, and nobody who listens."""
        self.channel.exchange_declare(topology.OWN, "topic", durable=True, auto_delete=False)

    def sound(self) -> None:
        """The node's topology, with a service that takes every event."""
        topology.declare(self.channel, topology.base() + topology.service("watcher", ["#"]))

    def received(self) -> list[amqp.Message]:
        found = []
        while (message := self.channel.basic_get(QUEUE, no_ack=True)) is not None:
            found.append(message)
        return found


@pytest.fixture
def bus(embedded: Embedded, vhost: Callable[[], str], database: Callable[[], str]) -> Iterator[Bus]:
    uri = embedded.addresses.amqp_uri(vhost())
    store.connect(embedded.addresses.store_uri, database())
    for document in DOCUMENTS:
        document.ensure_indexes()
    runtime.configure(replace(HERE, broker=uri), "registry", {"watcher": ["#"]})
    connection = broker.connect(uri, "test")
    yield Bus(connection, connection.channel())
    connection.close()
    runtime.configure(HERE, "registry", {})
    store.disconnect()


@pytest.fixture
def relay(bus: Bus) -> Iterator[Relay]:
    """The relay as a service has it, driven round by round."""
    made = Relay()
    made.container = SimpleNamespace(service_cls=SimpleNamespace(aggregates=(Permit, Journal)))
    made.setup()
    wakeup.listen(made._notify)
    yield made
    wakeup.forget(made._notify)
    made._disconnect()


def told(number: int = 1, **changed: Any) -> dict[str, Any]:
    permit = Permit(id=f"p{number}", area="230102001", owner=HERE.area, name="Tea house", sequence=number)
    return PERMIT.event("granted", PERMIT.term).tell(call(), permit) | changed


def test_a_window_is_confirmed_and_arrives_as_cloudevents(bus: Bus) -> None:
    bus.sound()
    window = [told(number) for number in range(1, 51)]
    assert Publisher(bus.connection).publish(window) == {one["id"] for one in window}
    received = bus.received()
    assert [json.loads(message.body) for message in received] == window
    [first, *_] = received
    assert (first.delivery_info["routing_key"], first.properties["type"]) == (
        "registry.permit.granted.area.230102.230102001",
        "registry.permit.granted",
    )
    assert first.properties["content_type"] == envelope.CONTENT_TYPE
    assert (first.properties["message_id"], first.properties["delivery_mode"]) == (window[0]["id"], 2)
    read = decode(
        first.body.encode() if isinstance(first.body, str) else bytes(first.body), envelope.CONTENT_TYPE
    )
    assert (read.id, read.subject, read.node) == (window[0]["id"], "p1", HERE.area)


def test_what_nobody_is_bound_to_take_comes_back_and_is_not_confirmed(bus: Bus) -> None:
    bus.bare()
    assert Publisher(bus.connection).publish([told(1), told(2)]) == set()


def test_only_the_events_that_were_returned_count_as_unconfirmed(bus: Bus) -> None:
    bus.bare()
    topology.declare(bus.channel, topology.Topology((), (topology.Queue(QUEUE, {"x-queue-type": "quorum"}),)))
    lost, taken, again = told(1), told(2, audience="public"), told(3)
    bus.channel.queue_bind(QUEUE, topology.OWN, routing_key(taken))
    publisher = Publisher(bus.connection)
    assert publisher.publish([lost, taken, again]) == {taken["id"]}
    bus.channel.queue_bind(QUEUE, topology.OWN, "#")
    assert publisher.publish([lost, again]) == {lost["id"], again["id"]}, "the same publisher goes on"


def test_an_exchange_that_is_missing_is_an_error_not_a_confirm(bus: Bus) -> None:
    with pytest.raises(broker.ERRORS):
        Publisher(bus.connection).publish([told()])


def test_committed_events_are_sent_kept_and_gone_from_the_outbox(bus: Bus, relay: Relay) -> None:
    permit, journal = grant(call(), "Tea house"), open_journal(call())
    assert relay._round() == 2
    assert relay._round() == 0
    assert {json.loads(message.body)["subject"] for message in bus.received()} == {permit.id, journal.id}
    assert outbox.backlog(relay.kinds) == (0, 0.0)
    assert SentEvent.objects.count() == 2


def test_each_subjects_events_arrive_in_the_order_of_its_changes(bus: Bus, relay: Relay) -> None:
    permits = [grant(call(), f"Permit {number}") for number in range(8)]
    for number in range(6):
        for permit in permits[number:]:
            count(call(), permit.id)
    while relay._round():
        pass
    arrived: dict[str, list[int]] = {}
    for message in bus.received():
        one = json.loads(message.body)
        arrived.setdefault(one["subject"], []).append(one["sequence"])
    assert arrived == {p.id: list(range(1, 2 + min(n + 1, 6))) for n, p in enumerate(permits)}


def test_an_event_that_nobody_takes_stays_in_its_outbox_until_somebody_does(bus: Bus, relay: Relay) -> None:
    permit = grant(call(), "Tea house")
    relay._publish([])  # connects, and so declares the topology
    for queue, key in ((topology.LOG, "#"), (topology.ALL, "#")):
        unbind = bus.channel.queue_unbind if queue == topology.LOG else bus.channel.exchange_unbind
        unbind(queue, topology.OWN, key)
    with pytest.raises(Unconfirmed):
        relay._round()
    [waiting] = outbox.pending(relay.kinds, 10)
    assert waiting.subject == permit.id
    assert SentEvent.objects.count() == 0
    relay._disconnect()  # as the relay does after a failure; it then declares what is missing
    assert relay._round() == 1
    [arrived] = bus.received()
    assert arrived.properties["message_id"] == waiting.envelope["id"]


def test_an_event_that_was_sent_but_not_marked_is_sent_again_with_its_id(bus: Bus, relay: Relay) -> None:
    grant(call(), "Tea house")
    [waiting] = outbox.pending(relay.kinds, 10)
    relay._publish([waiting.envelope])  # and killed before it was marked
    assert relay._round() == 1
    assert {message.properties["message_id"] for message in bus.received()} == {waiting.envelope["id"]}


def test_of_two_relays_one_sends_and_the_other_goes_on_where_it_stopped(bus: Bus, relay: Relay) -> None:
    other = Relay()
    other.container = relay.container
    other.setup()
    assert relay._round() == 0
    grant(call(), "Tea house")
    assert other._round() == 0
    assert relay._round() == 1
    grant(call(), "Inn")
    relay.lease.release()
    assert other._round() == 1, "although it was the first one's process that made the change"
    other._disconnect()
    assert len(bus.received()) == 2


def test_records_without_events_of_their_own_send_nothing(bus: Bus, relay: Relay) -> None:
    JournalLine(id="line", amount=1).save()
    assert relay._round() == 0
