"""One trace leads from a street's request to the district's read model and back, and tells nothing of persons."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
import yaml

from tests.harness import eventually
from tests.system.conftest import SMALL_DISTRICT, SMALL_STREET, Pair
from tests.system.trace_tree import Seen, tree

pytestmark = pytest.mark.system

ROUTE = "/api/registry/organisations"
APPROVED, ANNOUNCED = "registry.organisation.approved", "registry.summary.announced"
KEY = f"{APPROVED}.area.{SMALL_DISTRICT}.{SMALL_STREET}"
OF_INTEREST = ("gateway", "registry")
NAME, PHONE, IDENTITY = "跟踪晨练队", "13800138000", "110101199003070417"


@pytest.fixture(scope="module")
def trace(pair: Pair) -> tuple[str, list[Seen]]:
    """An organisation that its street approves, and the trace of the approval: the district copies it, and
    announces its public summary, of which the street keeps a copy in its turn."""
    body = {"area": SMALL_STREET, "name": NAME, "track": "filed", "established_on": "2018-05-04"}
    made = pair.street.post(ROUTE, body, role="street_staff").json()["id"]
    pair.street.post(f"{ROUTE}/{made}/acceptance", role="street_staff").raise_for_status()
    # Of news that come together the district announces the newest state by the first: in that one's trace.
    copied = f"{ROUTE}/{made}"
    eventually(
        lambda: pair.district.get(copied).json().get("status") == "accepted", what="acceptance is known"
    )
    decision = {"approve": True, "reasons": f"赵六 {PHONE} {IDENTITY} 符合条件"}
    path = f"{ROUTE}/{made}/decision?phone={PHONE}"
    answer = pair.street.post(path, decision, role="street_staff")
    assert answer.status_code == 200, answer.text
    identifier = answer.headers["traceparent"].split("-")[1]

    def whole() -> list[Seen]:
        spans = pair.collector.trace(identifier)
        kinds = [one.kind for one in spans if one.service in OF_INTEREST]
        ends = kinds.count("server") == 2 and kinds.count("producer") >= 2 and kinds.count("consumer") >= 4
        return spans if ends and not {s.parent for s in spans} - {"", *(s.id for s in spans)} else []

    spans: list[Seen] = eventually(whole, what=f"the whole of trace {identifier}")
    print(f"\n{tree(spans)}")  # noqa: T201, what `-s` is for
    return made, spans


def only(spans: Sequence[Seen], kind: str, node: str, event: str) -> Seen:
    told = ("cloudevents.event_type", event)
    of_interest = [s for s in spans if s.service in OF_INTEREST]  # funding keeps the organisation, too
    [found] = [s for s in of_interest if (s.kind, s.node) == (kind, node) and told in s.attributes.items()]
    return found


def child(spans: Sequence[Seen], of: Seen, name: str) -> Seen:
    [found] = [one for one in spans if one.parent == of.id and one.name == name]
    return found


def test_the_request_comes_through_the_gateway_to_the_service(trace: tuple[str, list[Seen]]) -> None:
    made, spans = trace
    gateway, service = (one for one in spans if one.kind == "server")
    assert (gateway.parent, service.parent) == ("", gateway.id)
    assert (gateway.service, service.service) == ("gateway", "registry")
    assert (gateway.node, service.node) == (SMALL_STREET, SMALL_STREET)
    assert gateway.name == "POST /api/{service}/{rest}"
    assert service.name == f"POST {ROUTE}/{{id}}/decision"
    for one in (gateway, service):
        told = one.attributes
        assert (told["http.request.method"], told["http.response.status_code"]) == ("POST", 200)
        assert told["url.path"] == f"{ROUTE}/{made}/decision"


def test_the_relay_sends_the_commands_event_as_a_child_of_the_request(trace: tuple[str, list[Seen]]) -> None:
    made, spans = trace
    _, service = (one for one in spans if one.kind == "server")
    sent = only(spans, "producer", SMALL_STREET, APPROVED)
    assert (sent.name, sent.parent) == ("send events.own", service.id)
    assert (
        sent.attributes.items()
        >= {
            "messaging.system": "rabbitmq",
            "messaging.operation.type": "send",
            "messaging.operation.name": "send",
            "messaging.destination.name": f"events.own:{KEY}",
            "messaging.destination.template": "events.own",
            "messaging.rabbitmq.destination.routing_key": KEY,
            "server.address": "127.0.0.1",
            "cloudevents.event_type": APPROVED,
            "cloudevents.event_subject": made,
        }.items()
    )
    assert sent.attributes["messaging.message.id"] == sent.attributes["cloudevents.event_id"]


@pytest.mark.parametrize(
    ("node", "exchange", "outcome"),
    [
        (SMALL_STREET, "events.own", "stale"),  # the echo of what was written here
        (SMALL_DISTRICT, f"ingress.{SMALL_STREET}", "applied"),
    ],
)
def test_each_node_handles_the_event_as_a_child_of_its_sending(
    trace: tuple[str, list[Seen]], node: str, exchange: str, outcome: str
) -> None:
    _, spans = trace
    sent = only(spans, "producer", SMALL_STREET, APPROVED)
    taken = only(spans, "consumer", node, APPROVED)
    assert (taken.name, taken.parent) == ("process svc.registry", sent.id)
    told = taken.attributes
    assert (
        told.items()
        >= {
            "messaging.system": "rabbitmq",
            "messaging.operation.type": "process",
            "messaging.operation.name": "process",
            "messaging.destination.name": f"{exchange}:{KEY}:svc.registry",
            "messaging.destination.template": "svc.registry",
            "messaging.rabbitmq.destination.routing_key": KEY,
            "messaging.message.id": sent.attributes["messaging.message.id"],
            "hatchery.exchange": exchange,
            "hatchery.from_node": SMALL_STREET,
            "hatchery.attempts": 0,
        }.items()
    )
    assert told["messaging.rabbitmq.message.delivery_tag"] > 0
    copy = child(spans, taken, "copy organisation")
    assert copy.attributes == {"hatchery.handler.kind": "read model", "hatchery.outcome": outcome}


def test_what_the_district_does_about_it_goes_on_in_the_same_trace(trace: tuple[str, list[Seen]]) -> None:
    _, spans = trace
    effect = child(spans, only(spans, "consumer", SMALL_DISTRICT, APPROVED), "announce_summary")
    assert effect.attributes == {"hatchery.handler.kind": "effect", "hatchery.outcome": "applied"}
    sent = only(spans, "producer", SMALL_DISTRICT, ANNOUNCED)
    assert sent.parent == effect.id
    back = only(spans, "consumer", SMALL_STREET, ANNOUNCED)
    assert (back.parent, back.attributes["hatchery.exchange"]) == (sent.id, "events.above")
    assert child(spans, back, "copy summary").attributes["hatchery.outcome"] == "applied"


def test_no_span_tells_of_persons_names_or_credentials(pair: Pair, trace: tuple[str, list[Seen]]) -> None:
    secrets = [NAME, "赵六", PHONE, IDENTITY, "Bearer", "eyJ"]
    for node in (pair.street, pair.district):
        described = yaml.safe_load((node.folder / "node.yaml").read_text(encoding="utf-8"))
        secrets.append(str(urlsplit(described["broker"]).password))
    assert len(pair.collector.spans) >= len(trace[1])
    for one in pair.collector.spans:
        content = one.span.SerializeToString()
        assert not [secret for secret in secrets if secret.encode() in content], one.name


def test_a_trace_that_the_client_began_goes_on_in_the_service(pair: Pair) -> None:
    begun = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{begun}-b7ad6b7169203331-01"}
    pair.street.get(ROUTE, headers=headers).raise_for_status()
    eventually(lambda: {one.service for one in pair.collector.trace(begun)} >= {"gateway", "registry"})
