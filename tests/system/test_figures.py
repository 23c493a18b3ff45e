"""What `/metrics` tells operators of queues and events is what happened."""

from __future__ import annotations

import math
from functools import partial

import pytest
import requests

from shared.events import topology
from tests.bus import declare_ingress, organisation_event, publish
from tests.harness import RunningNode, eventually
from tests.system.conftest import SMALL_DISTRICT, SMALL_STREET, Pair

pytestmark = pytest.mark.system

ABSENT_STREET = "990203002"  # announced, but never there to read what waits for it


def told(node: RunningNode, sample: str, service: str = "gateway") -> float | None:
    """The value of one sample as the text format names it; None where it is not told."""
    text = requests.get(f"{node.service_url(service)}/metrics", timeout=5).text
    values = [line.rsplit(" ", 1)[1] for line in text.splitlines() if line.startswith(f"{sample} ")]
    return float(values[0]) if values else None


def _is(node: RunningNode, sample: str, value: float) -> bool:
    return told(node, sample) == value


def depth(kind: str, label: str, value: str) -> str:
    return f'hatchery_{kind}{{{label}="{value}"}}'


def test_links_are_measured_at_both_ends(pair: Pair) -> None:
    up, down = (
        depth("link_depth", "link", "link.up"),
        depth("link_depth", "link", f"link.down.{SMALL_STREET}"),
    )
    eventually(lambda: told(pair.street, up) == 0 and told(pair.district, down) == 0)
    assert told(pair.district, up) is None, "a root node has no link up"
    publish(pair.district, declare_ingress(pair.district, ABSENT_STREET), announcement(pair))
    waiting = depth("link_depth", "link", topology.link_down(ABSENT_STREET))
    eventually(
        lambda: (told(pair.district, waiting) or 0) > 0, what="what waits for a street that is not there"
    )
    assert told(pair.district, waiting) == pair.district.depth(topology.link_down(ABSENT_STREET))


def announcement(pair: Pair, sequence: int = 1) -> dict[str, object]:
    known = pair.district.get("/api/nodes", None).json()["items"]
    street = next(node for node in known if node["id"] == SMALL_STREET)
    state = {"id": ABSENT_STREET, "parent": SMALL_DISTRICT, "services": [], "url": street["url"], "keys": []}
    return organisation_event(
        ABSENT_STREET, subject=ABSENT_STREET, audience="public", data=state, type="gateway.node.announced",
        source=f"/{ABSENT_STREET}/gateway", dataschema="urn:hatchery:gateway.node:1",
        sequence=sequence,
    )  # fmt: skip


def test_messages_that_wait_for_an_operator_are_counted(pair: Pair) -> None:
    district = pair.district
    newer = organisation_event(SMALL_DISTRICT, dataschema="urn:hatchery:registry.organisation:2")
    publish(district, "events.own", newer)
    publish(district, "events.own", b"no event", key=f"registry.organisation.approved.area.{SMALL_DISTRICT}")
    publish(district, topology.ingress(SMALL_STREET), organisation_event(ABSENT_STREET))
    wanted = {
        depth("dead_letters", "service", "registry"): topology.dead_queue("registry"),
        depth("parked", "service", "registry"): topology.parked_queue("registry"),
        depth("refused", "node", SMALL_DISTRICT): topology.REFUSED,
    }
    for sample, queue in wanted.items():
        eventually(partial(told, district, sample), what=sample)
        assert told(district, sample) == district.depth(queue)
    assert told(district, depth("dead_letters", "service", "gateway")) == 0


def test_what_comes_of_each_event_is_counted(pair: Pair) -> None:
    district = pair.district
    ingress = declare_ingress(district, ABSENT_STREET)

    def counted(handler: str, outcome: str) -> float:
        sample = f'hatchery_events_handled_total{{handler="{handler}",outcome="{outcome}"}}'
        return told(district, sample, "gateway") or 0.0

    pairs = [("keep KnownNode", "applied"), ("keep KnownNode", "stale"),
             ("welcome", "applied"), ("welcome", "duplicate")]  # fmt: skip
    before = {pair: counted(*pair) for pair in pairs}
    event = announcement(pair, sequence=1000)
    publish(district, ingress, event, event)
    eventually(lambda: all(counted(*pair) > before[pair] for pair in pairs), what=str(pairs))


def test_links_tell_their_bytes_and_bound_and_who_takes_from_them(pair: Pair) -> None:
    for node, link in ((pair.street, "link.up"), (pair.district, f"link.down.{SMALL_STREET}")):
        wanted = {"link_connected": 1, "link_bytes": 0, "link_bytes_limit": topology.LINK_BYTES}
        for name, value in wanted.items():
            eventually(partial(_is, node, depth(name, "link", link), value), what=f"{name} of {link}")
    assert told(pair.street, depth("broker_alarm", "resource", "disk")) == 0


def test_without_the_broker_depths_are_unknown_and_nothing_vanishes(pair: Pair) -> None:
    sample = depth("dead_letters", "service", "gateway")
    eventually(lambda: told(pair.district, sample) == 0)
    failures = pair.district.metric("registry", "hatchery_publish_failures_total")
    pair.tiers.embedded.broker.kill()
    eventually(lambda: math.isnan(told(pair.district, sample) or 0))
    body = {"area": SMALL_DISTRICT, "name": "断流队", "track": "filed", "established_on": "2018-05-04"}
    assert pair.district.post("/api/registry/organisations", body).status_code == 201
    eventually(lambda: told(pair.district, sample) == 0, within=60, what="measured again")
    eventually(lambda: pair.district.metric("registry", "hatchery_outbox_pending") == 0)
    assert pair.district.metric("registry", "hatchery_publish_failures_total") > failures
