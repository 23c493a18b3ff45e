"""`hatchery letters`: looking at what was given up, sending it again, dropping it."""

import json
import time

import pytest

from shared.events import topology
from tests.deploy.support import channel, key, publish

pytestmark = pytest.mark.service


@pytest.fixture
def node(hatchery, home, district):
    """A district's node that hosts needs, its queues declared as the service would; its AMQP URI."""
    assert hatchery("node", "add", district, "--services", "needs").code == 0
    uri = home.node(district).broker
    with channel(uri) as opened:
        for queue in topology.service("needs", ["#"]).queues:
            opened.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
        opened.queue_bind("svc.needs", topology.ALL, "#")
    return uri


def bury(uri, *ids, queue="svc.needs.dead", **headers):
    """Dead letters as the consumer writes them."""
    for one in ids:
        body = json.dumps({"id": one, "type": "registry.organisation.registered", "subject": "o-1"}).encode()
        noted = {
            "x-reason": "invalid",
            "x-detail": "state.name: missing",
            "x-attempts": 3,
            "x-first-failed": "2026-11-22T09:30:00.000Z",
            "x-origin-exchange": "ingress.230102001",
            "x-origin-key": "registry.organisation.registered.area.230102.230102001",
            "traceparent": "00-aa-bb-01",
        }
        publish(uri, "", queue, body, message_id=one, type="t", headers=noted | headers)


def held(uri, queue):
    """The ids and headers in a queue, in order; they stay."""
    found: list[tuple[str, dict[str, object]]] = []
    with channel(uri) as opened:
        while True:
            method, properties, _ = opened.basic_get(queue)
            if method is None:
                return found
            headers = {k: v for k, v in (properties.headers or {}).items() if k != "x-delivery-count"}
            found.append((properties.message_id, headers))


def ids(uri, queue):
    return [one for one, _ in held(uri, queue)]


def test_the_list_gives_the_reason_and_leaves_everything_in_its_order(hatchery, node, district):
    bury(node, "e1", "e2", "e3")
    for _ in range(3):
        outcome = hatchery("letters", "list", district)
        assert outcome.code == 0
        for word in ("e1", "e2", "e3", "invalid", "state.name: missing", "2026-11-22T09:30:00.000Z"):
            assert word in outcome.out
    hatchery("letters", "list", district, "needs", "--limit", "2")
    assert ids(node, "svc.needs.dead") == ["e1", "e2", "e3"]


def test_a_limit_shows_the_oldest(hatchery, node, district):
    bury(node, "e1", "e2", "e3")
    shown = json.loads(hatchery("letters", "list", district, "needs", "--limit", "2", "--json").out)
    assert [letter["event_id"] for letter in shown] == ["e1", "e2"]


def test_where_nothing_lies_the_list_says_so(hatchery, node, district):
    outcome = hatchery("letters", "list", district)
    assert (outcome.code, outcome.out.strip()) == (0, "none")


def test_showing_one_gives_headers_and_body(hatchery, node, district):
    bury(node, "e1", "e2")
    shown = json.loads(hatchery("letters", "show", district, "needs", "--id", "e2").out)
    assert shown["event_id"] == "e2"
    assert json.loads(shown["body"])["subject"] == "o-1"
    assert shown["headers"]["traceparent"] == "00-aa-bb-01"
    assert shown["attempts"] == 3
    assert hatchery("letters", "show", district, "needs", "--id", "e9").code == 2


def test_a_replayed_message_starts_afresh_but_still_tells_its_origin(hatchery, node, district):
    bury(node, "e1")
    outcome = hatchery("letters", "replay", district, "needs", "--all")
    assert outcome.code == 0
    assert "1 replayed" in outcome.out
    [(event, headers)] = held(node, "svc.needs")
    assert event == "e1"
    assert headers == {
        "x-origin-exchange": "ingress.230102001",
        "x-origin-key": "registry.organisation.registered.area.230102.230102001",
        "traceparent": "00-aa-bb-01",
    }
    assert ids(node, "svc.needs.dead") == []


def test_one_of_many_is_replayed_and_the_others_keep_their_order(hatchery, node, district):
    bury(node, "e1", "e2", "e3", "e4")
    hatchery("letters", "replay", district, "needs", "--id", "e2", "--id", "e3")
    assert ids(node, "svc.needs") == ["e2", "e3"]
    assert ids(node, "svc.needs.dead") == ["e1", "e4"]


def test_what_the_broker_gave_up_has_its_reason_and_origin_from_the_broker(hatchery, node, district):
    publish(node, topology.OWN, key("area", district), b"not json", message_id="raw")
    with channel(node) as opened:
        method, _, _ = opened.basic_get("svc.needs")
        opened.basic_reject(method.delivery_tag, requeue=False)
    deadline = time.monotonic() + 5
    while not ids(node, "svc.needs.dead") and time.monotonic() < deadline:
        time.sleep(0.1)
    [letter] = json.loads(hatchery("letters", "list", district, "needs", "--json").out)
    assert letter["reason"] == "rejected"
    assert letter["origin"] == f"{topology.OWN} {key('area', district)}"
    assert letter["body"] == "not json"
    hatchery("letters", "replay", district, "needs", "--all")
    [(_, headers)] = held(node, "svc.needs")
    assert headers == {"x-origin-exchange": topology.OWN, "x-origin-key": key("area", district)}


def test_parked_messages_go_back_to_their_service(hatchery, node, district):
    bury(node, "p1", queue="svc.needs.parked", **{"x-reason": "unknown-type"})
    assert "unknown-type" in hatchery("letters", "list", district, "--parked").out
    hatchery("letters", "replay", district, "needs", "--parked", "--all")
    assert ids(node, "svc.needs") == ["p1"]


def test_a_replay_that_the_queue_does_not_take_loses_nothing(hatchery, node, district, admin):
    bury(node, "e1", "e2")
    admin.delete_queue(district, "svc.needs")
    outcome = hatchery("letters", "replay", district, "needs", "--all")
    assert outcome.code == 3
    assert "svc.needs does not take messages" in outcome.err
    assert ids(node, "svc.needs.dead") == ["e1", "e2"]


def test_refused_messages_can_be_seen_and_dropped_but_not_replayed(hatchery, node, district):
    publish(node, topology.REFUSED_EXCHANGE, "registry.organisation.registered.area.330203", b"{}")
    outcome = hatchery("letters", "list", district, "--refused", "--json")
    [letter] = json.loads(outcome.out)
    assert letter["reason"] == "not-admitted"
    assert letter["origin"].endswith("registry.organisation.registered.area.330203")
    assert hatchery("letters", "replay", district, "--refused", "--all").code == 2
    assert hatchery("letters", "drop", district, "--refused", "--all", "--yes").code == 0
    assert ids(node, topology.REFUSED) == []


def test_nothing_is_dropped_without_a_yes(hatchery, node, district):
    bury(node, "e1", "e2")
    assert hatchery("letters", "drop", district, "needs", "--all").code == 2
    assert hatchery("letters", "drop", district, "needs", "--yes").code == 2
    assert ids(node, "svc.needs.dead") == ["e1", "e2"]
    outcome = hatchery("letters", "drop", district, "needs", "--id", "e1", "--yes")
    assert "dropped e1" in outcome.out
    assert ids(node, "svc.needs.dead") == ["e2"]


def test_a_service_that_the_node_does_not_host_is_named(hatchery, node, district):
    outcome = hatchery("letters", "list", district, "funding")
    assert outcome.code == 2
    assert "hosts no funding" in outcome.err


def test_an_unknown_node_is_answered_with_the_known_ones(hatchery, node, district):
    outcome = hatchery("letters", "list", "330203")
    assert outcome.code == 2
    assert district in outcome.err


def test_a_missing_id_is_an_error_not_a_silent_success(hatchery, node, district):
    bury(node, "e1")
    assert hatchery("letters", "replay", district, "needs", "--id", "nobody").code == 2
    assert ids(node, "svc.needs.dead") == ["e1"]
