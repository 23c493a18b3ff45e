"""The broker's topology, as definitions and as RabbitMQ runs it."""

import time

import amqp
import pika
import pytest
import requests

from shared.events import topology
from shared.events.topology import Binding

DISTRICT, STREET, COMMUNITY = "230102", "230102001", "230102001001"


def key(audience, area, words="registry.organisation.registered"):
    service, noun, verb = words.split(".")
    return topology.routing_key(service, noun, verb, audience, area)


@pytest.mark.unit
def test_a_routing_key_spells_the_area_from_the_district_down():
    expected = "registry.organisation.registered.area.230102.230102001"
    assert topology.routing_key("registry", "organisation", "registered", "area", STREET) == expected
    assert topology.area_words(COMMUNITY) == "230102.230102001.230102001001"


@pytest.mark.unit
@pytest.mark.parametrize(
    "words",
    [
        ("registry", "organisation", "registered", "everybody", STREET),
        ("registry", "organisation.x", "registered", "area", STREET),
        ("registry", "", "registered", "area", STREET),
        ("registry", "#", "registered", "area", STREET),
        ("registry", "organisation", "registered", "area", "2301"),
    ],
)
def test_what_is_no_routing_key_is_refused(words):
    with pytest.raises(ValueError, match=r".+"):
        topology.routing_key(*words)


@pytest.mark.unit
def test_everything_that_is_bound_is_also_declared():
    whole = (
        topology.base()
        + topology.service("needs", ["registry.#", "registry.#"])
        + topology.link_at_parent(STREET)
        + topology.link_at_child()
        + topology.subscriber("finance", ["#"], 10)
    )
    queues = {q.name for q in whole.queues}
    exchanges = {e.name for e in whole.exchanges}
    for binding in whole.bindings:
        assert binding.source in exchanges
        assert binding.destination in (queues if binding.to == "queue" else exchanges)
    assert len(set(whole.bindings)) == len(whole.bindings)
    assert whole + whole == whole


@pytest.mark.unit
def test_only_what_a_dead_subscriber_or_a_stranger_fills_forgets_its_oldest_messages():
    whole = topology.base() + topology.service("needs", []) + topology.link_at_parent(STREET)
    for queue in whole.queues:
        bounded = {"x-max-length", "x-max-length-bytes"} & set(queue.arguments)
        forgets = bounded and queue.arguments.get("x-overflow", "drop-head") == "drop-head"
        assert bool(forgets) == (queue.name in (topology.REFUSED, topology.LOG)), queue.name
        assert "x-expires" not in queue.arguments


class Broker:
    """One virtual host as a test sees it."""

    def __init__(self, embedded, vhost):
        self.vhost = vhost
        self.addresses = embedded.addresses
        self.uri = embedded.addresses.amqp_uri(vhost)
        self.connection = pika.BlockingConnection(pika.URLParameters(self.uri))
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()

    def declare(self, whole):
        given = self.addresses
        with amqp.Connection(
            f"127.0.0.1:{given.amqp_port}", given.user, given.password, virtual_host=self.vhost
        ) as connection:
            topology.declare(connection.channel(), whole)

    def import_(self, whole):
        given = self.addresses
        requests.post(
            f"{given.admin_url}/api/definitions/{self.vhost}",
            json=topology.definitions(whole),
            auth=(given.user, given.password),
            timeout=30,
        ).raise_for_status()

    def publish(self, exchange, routing_key, body=b"x", **properties):
        self.channel.basic_publish(
            exchange, routing_key, body, pika.BasicProperties(delivery_mode=2, **properties), mandatory=True
        )

    def take(self, queue, seconds=5.0):
        """The bodies that arrive until nothing more is there."""
        found: list[bytes] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            method, _, body = self.channel.basic_get(queue, auto_ack=True)
            if method is None:
                if found:
                    return found
                time.sleep(0.05)
            else:
                found.append(body)
        return found

    def is_empty(self, queue):
        return self.channel.queue_declare(queue, passive=True).method.message_count == 0


@pytest.fixture
def broker(embedded, vhost):
    made = Broker(embedded, vhost())
    yield made
    made.connection.close()


@pytest.mark.service
def test_services_and_operators_may_declare_the_same_in_any_order(broker):
    whole = topology.base() + topology.service("needs", ["registry.#"]) + topology.link_at_parent(STREET)
    broker.import_(whole)
    broker.declare(whole)
    broker.import_(whole)
    broker.declare(whole)


@pytest.mark.service
def test_a_queue_in_another_form_is_never_taken_for_ours(broker):
    broker.channel.queue_declare(topology.REFUSED, durable=True)
    with pytest.raises(amqp.PreconditionFailed):
        broker.declare(topology.base())


@pytest.mark.service
def test_the_log_holds_each_event_once_whichever_way_it_came(broker):
    broker.declare(topology.base() + topology.link_at_parent(STREET))
    sent = [
        (topology.OWN, key("area", DISTRICT), b"own"),
        (topology.ingress(STREET), key("area", STREET), b"below"),
        (topology.ABOVE, key("public", DISTRICT), b"above"),
    ]
    for exchange, routing_key, body in sent:
        broker.publish(exchange, routing_key, body)
    broker.channel.basic_qos(prefetch_count=10)
    read = []
    offset = {"x-stream-offset": "first"}
    for method, _, body in broker.channel.consume(topology.LOG, arguments=offset, inactivity_timeout=2):
        if method is None:
            break
        broker.channel.basic_ack(method.delivery_tag)
        read.append(body)
    assert read == [b"own", b"below", b"above"]


@pytest.mark.service
def test_a_service_gets_what_its_patterns_name_and_nothing_else(broker):
    broker.declare(topology.base() + topology.service("needs", ["registry.organisation.#", "*.round.*.#"]))
    broker.publish(topology.OWN, key("area", STREET), b"organisation")
    broker.publish(topology.BELOW, key("public", STREET, "funding.round.opened"), b"round")
    broker.publish(topology.ABOVE, key("public", DISTRICT, "registry.station.opened"), b"station")
    assert sorted(broker.take("svc.needs")) == [b"organisation", b"round"]


@pytest.mark.service
def test_an_event_that_a_service_rejects_becomes_a_dead_letter(broker):
    broker.declare(topology.base() + topology.service("needs", ["#"]))
    broker.publish(topology.OWN, key("area", STREET), b"poison")
    broker.publish(topology.OWN, key("area", STREET), b"good")
    method, _, _ = broker.channel.basic_get("svc.needs")
    broker.channel.basic_reject(method.delivery_tag, requeue=False)
    assert broker.take("svc.needs.dead") == [b"poison"]


@pytest.mark.service
def test_a_delayed_message_comes_back_to_its_own_service_alone(broker):
    broker.declare(topology.base() + topology.service("needs", []) + topology.service("funding", []))
    started = time.monotonic()
    broker.publish("retry.1s", "svc.needs", b"again")
    assert broker.take("svc.needs", 10) == [b"again"]
    assert time.monotonic() - started >= 0.9
    assert broker.is_empty("svc.funding")


@pytest.mark.service
@pytest.mark.parametrize(
    ("audience", "area", "admitted"),
    [
        ("area", STREET, True),
        ("public", STREET, True),
        ("area", COMMUNITY, True),
        ("node", STREET, False),
        ("area", DISTRICT, False),
        ("public", "230102002", False),
        ("area", "330203", False),
    ],
)
def test_a_childs_ingress_admits_its_own_subtree_and_what_may_leave_it(broker, audience, area, admitted):
    broker.declare(topology.base() + topology.link_at_parent(STREET) + topology.service("needs", ["#"]))
    broker.publish(topology.ingress(STREET), key(audience, area))
    taken, empty = ("svc.needs", topology.REFUSED) if admitted else (topology.REFUSED, "svc.needs")
    assert len(broker.take(taken)) == 1
    assert broker.is_empty(empty)


@pytest.mark.service
def test_a_link_down_carries_what_is_public_and_what_concerns_the_child(broker):
    broker.declare(topology.base() + topology.link_at_parent(STREET))
    broker.publish(topology.OWN, key("public", DISTRICT), b"public")
    broker.publish(topology.ABOVE, key("area", COMMUNITY), b"its community's")
    broker.publish(topology.OWN, key("area", "230102002"), b"its sibling's")
    broker.publish(topology.OWN, key("area", DISTRICT), b"the district's")
    broker.publish(topology.OWN, key("node", STREET), b"the node's")
    broker.publish(topology.BELOW, key("public", "230102002"), b"what came from a sibling")
    assert sorted(broker.take(topology.link_down(STREET))) == [b"its community's", b"public"]


@pytest.mark.service
def test_a_link_up_carries_everything_but_the_nodes_own(broker):
    broker.declare(topology.base() + topology.link_at_child())
    broker.publish(topology.OWN, key("public", STREET), b"public")
    broker.publish(topology.BELOW, key("area", COMMUNITY), b"community")
    broker.publish(topology.OWN, key("node", STREET), b"node")
    broker.publish(topology.ABOVE, key("public", DISTRICT), b"echo")
    assert sorted(broker.take(topology.LINK_UP)) == [b"community", b"public"]


@pytest.mark.service
def test_a_subscriber_that_reads_nothing_loses_its_oldest_events_and_stops_nobody(broker):
    broker.declare(topology.base() + topology.subscriber("finance", ["#"], 3))
    for number in range(10):
        broker.publish(topology.OWN, key("area", STREET), str(number).encode())  # each is confirmed
    assert broker.take("sub.finance") == [b"7", b"8", b"9"]


@pytest.mark.unit
def test_bindings_tell_queues_from_exchanges_in_definitions():
    entries = topology.definitions(topology.base())["bindings"]
    to_all = [e for e in entries if e["destination"] == topology.ALL]
    assert {e["destination_type"] for e in to_all} == {"exchange"}
    assert Binding(topology.OWN, topology.LOG) in topology.base().bindings
