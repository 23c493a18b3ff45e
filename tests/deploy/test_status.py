"""`hatchery node status`: what it finds wrong, and what it tells to type."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from deploy import status
from deploy.embedded import free_ports
from shared.events import topology
from shared.node import SERVICES
from tests.deploy.support import channel, key, publish

pytestmark = pytest.mark.service


class Answers(BaseHTTPRequestHandler):
    """The three addresses that every service has, answered as a healthy or an ailing one does."""

    age = 0.5
    ready = 200

    def do_GET(self):
        figures = f'# TYPE x gauge\nhatchery_outbox_age_seconds{{service="needs"}} {self.age}\n'
        status = self.ready if self.path == "/readyz" else 200
        self.send_response(status)
        self.end_headers()
        self.wfile.write(figures.encode() if self.path == "/metrics" else b"ok")

    def log_message(self, *_):
        pass


@pytest.fixture
def node(hatchery, home, district):
    """A node that hosts needs alone, with its queues and consumers; its AMQP URI."""
    while True:  # a free row of ports, as a node needs
        [port] = free_ports(1)
        try:
            servers = [
                ThreadingHTTPServer(("127.0.0.1", number), Answers)
                for number in (port, port + 1 + SERVICES.index("needs"))
            ]
            break
        except OSError:
            continue
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    assert hatchery("node", "add", district, "--services", "needs", "--port", str(port)).code == 0
    uri = home.node(district).broker
    with channel(uri) as opened:
        for service in ("gateway", "needs"):
            for queue in topology.service(service, []).queues:
                opened.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
            opened.basic_consume(f"svc.{service}", lambda *_: None)
        yield uri
    for server in servers:
        server.shutdown()
        server.server_close()


def report(hatchery, *arguments):
    outcome = hatchery("node", "status", *arguments, "--json")
    nodes = json.loads(outcome.out)
    return outcome.code, nodes, [fault for each in nodes for fault in each["faults"]]


def test_a_healthy_node_exits_with_zero(hatchery, node, district):
    code, [found], faults = report(hatchery, district)
    assert (code, faults) == (0, [])
    [needs] = [service for service in found["services"] if service["name"] == "needs"]
    assert needs == {
        "name": "needs",
        "alive": True,
        "ready": True,
        "waiting": 0,
        "consumers": 1,
        "dead": 0,
        "parked": 0,
        "outbox_age": 0.5,
    }
    shown = hatchery("node", "status", "--all")
    assert shown.code == 0
    assert "all healthy" in shown.out


def test_dead_and_parked_messages_name_the_command_that_shows_them(hatchery, node, district):
    publish(node, "", "svc.needs.dead")
    publish(node, "", "svc.needs.parked")
    code, _, faults = report(hatchery, district)
    assert code == 1
    assert any(f"hatchery letters list {district} needs" in fault for fault in faults)
    assert any(fault.endswith("--parked") for fault in faults)


def test_an_outbox_that_does_not_empty_is_told(hatchery, node, district, monkeypatch):
    monkeypatch.setattr(Answers, "age", 120.0)
    code, _, faults = report(hatchery, district)
    assert code == 1
    assert any("could not publish for 120 s" in fault for fault in faults)


def test_a_service_that_is_not_ready_is_told(hatchery, node, district, monkeypatch):
    monkeypatch.setattr(Answers, "ready", 503)
    code, _, faults = report(hatchery, district)
    assert code == 1
    assert any("needs is not ready" in fault for fault in faults)


def test_a_node_that_does_not_run_names_the_command_that_runs_it(hatchery, home, district):
    hatchery("node", "add", district, "--services", "needs", "--port", "7190")
    code, [found], faults = report(hatchery, district)
    assert code == 1
    assert faults == [f"no service answers: hatchery node run {district}"]
    assert found["services"][0]["waiting"] == 0, "node add made its queue"


def test_refused_messages_are_told_at_the_parent(hatchery, node, district):
    publish(node, topology.REFUSED_EXCHANGE, key("area", "330203"))
    code, [found], faults = report(hatchery, district)
    assert code == 1
    assert found["refused"] == 1
    assert any(f"hatchery letters list {district} --refused" in fault for fault in faults)


def test_a_link_is_seen_from_both_ends(hatchery, node, home, district, admin):
    street = f"{district}001"
    hatchery("node", "add", street, "--parent", district, "--services", "none", "--port", "7180")
    _, [found], _ = report(hatchery, street)
    [link] = found["links"]
    assert link["states"] == {"rise": "running", "descend": "running"}
    assert (link["up"], link["down"]) == (0, 0)
    admin.delete_shovel(street, "descend")
    publish(home.node(district).broker, topology.OWN, key("public", district))
    _, [below], faults = report(hatchery, street)
    assert below["links"][0]["down"] == 1
    assert any("descend is missing" in fault for fault in faults)
    assert any(f"hatchery node add {street}" in fault for fault in faults)
    _, [above], _ = report(hatchery, district)
    assert [(each["child"], each["down"]) for each in above["links"]] == [(street, 1)]


def test_without_its_broker_a_node_is_still_reported(hatchery, home, district):
    hatchery("node", "add", district, "--services", "needs", "--port", "7190")
    file = home.path / "embedded.yaml"
    port = str(home.embedded().amqp_port)
    file.write_text(file.read_text().replace(port, "9"))
    code, [found], faults = report(hatchery, district)
    assert code == 1
    assert found["broker"] is False
    assert any("no way into broker 127.0.0.1:9" in fault for fault in faults)


@pytest.mark.parametrize(
    ("queue", "remedy"),
    [
        (topology.LINK_UP, "hatchery node add 230102 --replace-broken"),
        (topology.link_down("230102001"), "hatchery node add 230102001 --replace-broken"),
        (topology.inlet("230102001"), "hatchery node add 230102001 --replace-broken"),
        (topology.INLET_ABOVE, "hatchery node add 230102 --replace-broken"),
        (topology.subscriber_queue("press"), "hatchery subscriber add"),
    ],
)
def test_a_broken_queue_is_made_anew_by_whoever_declares_it(queue, remedy):
    assert remedy in status._replacing("230102", queue)
