"""`hatchery subscriber`: another system reads its queue, and nothing else, with any AMQP client."""

import json
import subprocess
import sys

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from deploy import uris
from shared.events import topology
from tests.deploy.support import channel, publish

pytestmark = pytest.mark.service

# What another system's own program looks like; it gets the URI and knows nothing of the platform.
SCRIPT = """
import json, sys, pika
connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
for method, properties, body in channel.consume("sub.finance", inactivity_timeout=3):
    if method is None:
        break
    event = json.loads(body)
    assert properties.content_type == "application/cloudevents+json"
    assert event["specversion"] == "1.0"
    print(event["id"], event["type"])
    channel.basic_ack(method.delivery_tag)
connection.close()
"""


@pytest.fixture
def node(hatchery, home, district):
    """A district's node; its own AMQP URI."""
    assert hatchery("node", "add", district, "--services", "needs").code == 0
    return home.node(district).broker


@pytest.fixture
def finance(hatchery, node, district):
    """The URI that a new subscriber was given."""
    given = ("--binding", "registry.organisation.#", "--max-length", "5")
    outcome = hatchery("subscriber", "add", district, "finance", *given)
    assert outcome.code == 0, outcome
    return outcome.out.splitlines()[-1]


def event(identifier):
    content = {
        "specversion": "1.0",
        "id": identifier,
        "source": "/230102/registry",
        "type": "registry.organisation.registered",
        "data": {},
    }
    return json.dumps(content).encode()


def tell(uri, district, *ids, words="registry.organisation.registered"):
    routing_key = f"{words}.area.{topology.area_words(district)}"
    for one in ids:
        publish(uri, topology.OWN, routing_key, event(one), content_type="application/cloudevents+json")


def test_another_systems_script_reads_what_it_asked_for(node, district, finance):
    tell(node, district, "e1", "e2")
    tell(node, district, "n1", words="needs.need.collected")
    read = subprocess.run([sys.executable, "-c", SCRIPT, finance], capture_output=True, text=True, timeout=60)
    assert read.returncode == 0, read.stderr
    assert [line.split()[0] for line in read.stdout.splitlines()] == ["e1", "e2"]


def test_a_subscriber_that_reads_nothing_keeps_the_newest_and_stops_nobody(node, district, finance):
    tell(node, district, *(f"e{number}" for number in range(20)))  # each is confirmed
    with channel(finance) as opened:
        found = [json.loads(opened.basic_get("sub.finance")[2])["id"] for _ in range(5)]
        assert found == ["e15", "e16", "e17", "e18", "e19"]
        assert opened.basic_get("sub.finance")[0] is None


def test_a_subscriber_can_do_nothing_but_read_its_queue(hatchery, node, district, finance):
    hatchery("subscriber", "add", district, "other")
    sent = pika.BasicProperties()
    attempts = {
        "publish an event": lambda c: c.basic_publish(topology.OWN, "a.b.c", b"x", sent, mandatory=True),
        "publish to a queue": lambda c: c.basic_publish("", "sub.finance", b"x", sent, mandatory=True),
        "read another's queue": lambda c: c.basic_get("sub.other"),
        "read the log": lambda c: c.basic_get(topology.LOG),
        "read the refused": lambda c: c.basic_get(topology.REFUSED),
        "declare a queue": lambda c: c.queue_declare("mine"),
        "subscribe to more": lambda c: c.queue_bind("sub.finance", topology.ALL, "#"),
        "delete its queue": lambda c: c.queue_delete("sub.finance"),
    }
    outcomes: dict[str, object] = {}
    for name, attempt in attempts.items():
        with channel(finance) as opened:
            try:
                attempt(opened)
                outcomes[name] = "allowed"
            except ChannelClosedByBroker as refused:
                outcomes[name] = refused.reply_code
    assert set(outcomes.values()) == {403}, outcomes


def test_the_log_is_read_only_by_who_was_allowed_to(hatchery, node, district):
    outcome = hatchery("subscriber", "add", district, "archive", "--log")
    tell(node, district, "e1")
    with channel(outcome.out.splitlines()[-1]) as opened:
        opened.basic_qos(prefetch_count=10)
        offset = {"x-stream-offset": "first"}
        for method, _, body in opened.consume(topology.LOG, arguments=offset, inactivity_timeout=5):
            assert method
            assert json.loads(body)["id"] == "e1"
            break


def test_the_password_is_shown_once(hatchery, district, finance):
    again = hatchery("subscriber", "add", district, "finance", "--binding", "registry.organisation.#")
    assert again.code == 2, "another bound would need another queue"
    given = ("--binding", "registry.organisation.#", "--max-length", "5")
    again = hatchery("subscriber", "add", district, "finance", *given)
    assert again.code == 0
    assert "amqp://" not in again.out
    with channel(finance):
        pass


def test_a_subscriber_changes_its_password_and_loses_nothing(hatchery, node, district, finance):
    """Events come all the while; it reads on with the old password until it changes over."""
    got = []

    def take(uri, count):
        """Read `count` more; the same connection stays open for the caller."""
        connection = pika.BlockingConnection(pika.URLParameters(uri))
        deliveries = connection.channel().consume("sub.finance", auto_ack=True, inactivity_timeout=40)

        def more(count):
            for _ in range(count):
                method, _, body = next(deliveries)
                assert method
                got.append(json.loads(body)["id"])

        more(count)
        return connection, more

    tell(node, district, "e1", "e2")
    connection, more = take(finance, 2)
    fresh = hatchery("subscriber", "rotate", district, "finance").out.splitlines()[-1]
    assert uris.parse(fresh).password != uris.parse(finance).password
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(pika.URLParameters(finance))
    tell(node, district, "e3")
    more(1)  # who is connected reads on
    connection.close()
    tell(node, district, "e4", "e5")  # nobody reads
    connection, more = take(fresh, 2)
    tell(node, district, "e6")
    more(1)
    connection.close()
    assert got == ["e1", "e2", "e3", "e4", "e5", "e6"]


def test_a_password_that_others_know_is_of_no_use_at_once(hatchery, district, finance):
    connection = pika.BlockingConnection(pika.URLParameters(finance))
    fresh = hatchery("subscriber", "rotate", district, "finance", "--disconnect").out.splitlines()[-1]
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        connection.process_data_events(time_limit=40)
    with pytest.raises(pika.exceptions.AMQPConnectionError):
        pika.BlockingConnection(pika.URLParameters(finance))
    with channel(fresh):
        pass


def test_a_dry_run_prints_and_changes_nothing(hatchery, node, district, finance, admin):
    before = (admin.user_of(f"sub-{district}-finance"), admin.bindings(district), admin.queues(district))
    added = hatchery("subscriber", "add", district, "new", "--log", "--dry-run")
    assert f"create user sub-{district}-new" in added.out
    assert "amqp://" not in added.out
    changed = hatchery("subscriber", "add", district, "finance", "--max-length", "5", "--dry-run")
    assert "unbind sub.finance from registry.organisation.#" in changed.out
    rotated = hatchery("subscriber", "rotate", district, "finance", "--dry-run")
    assert rotated.out == f"new password of user sub-{district}-finance\n"
    removed = hatchery("subscriber", "remove", district, "finance", "--dry-run")
    assert "delete queue sub.finance" in removed.out
    assert (added.code, changed.code, rotated.code, removed.code) == (0, 0, 0, 0)
    assert admin.user_of(f"sub-{district}-new") is None
    with channel(finance):
        pass
    after = (admin.user_of(f"sub-{district}-finance"), admin.bindings(district), admin.queues(district))
    assert [before[0], before[1], set(before[2])] == [after[0], after[1], set(after[2])]


def test_nobody_is_rotated_who_is_not_there(hatchery, node, district):
    assert hatchery("subscriber", "rotate", district, "nobody").code == 2


def test_changed_bindings_replace_the_old_ones(hatchery, node, district, finance):
    given = ("--binding", "needs.#", "--max-length", "5")
    assert hatchery("subscriber", "add", district, "finance", *given).code == 0
    [one] = json.loads(hatchery("subscriber", "list", district, "--json").out)
    assert one["bindings"] == ["needs.#"]
    tell(node, district, "e1")
    tell(node, district, "n1", words="needs.need.collected")
    with channel(finance) as opened:
        assert json.loads(opened.basic_get("sub.finance")[2])["id"] == "n1"


def test_a_removed_subscriber_leaves_neither_queue_nor_user(hatchery, district, finance, admin):
    assert hatchery("subscriber", "remove", district, "finance").code == 0
    assert "sub.finance" not in admin.queues(district)
    assert admin.user_of(f"sub-{district}-finance") is None
    assert hatchery("subscriber", "remove", district, "finance").code == 2


@pytest.mark.parametrize(
    "arguments",
    [("Finance",), ("fin.ance",), ("finance", "--binding", "a..b"), ("finance", "--max-length", "0")],
)
def test_names_and_patterns_that_make_no_sense_are_refused(hatchery, node, district, arguments):
    assert hatchery("subscriber", "add", district, *arguments).code == 2


def test_the_list_shows_what_waits(hatchery, node, district, finance):
    tell(node, district, "e1", "e2")
    [one] = json.loads(hatchery("subscriber", "list", district, "--json").out)
    assert (one["name"], one["waiting"], one["max_length"], one["consumers"]) == ("finance", 2, 5, 0)
    assert "finance" in hatchery("subscriber", "list", district).out
