"""What comes from outside and is wrong ends as a dead letter with its reason; nothing falls, nothing waits."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from functools import reduce

import pika
import pytest

from shared.events.types import routing_key
from shared.ids import new_id
from tests.bus import (
    CONTENT_TYPE,
    Unreadable,
    declare_ingress,
    link_user,
    organisation_event,
    publish,
    push,
)
from tests.harness import RunningNode, eventually

pytestmark = pytest.mark.faults
CHILD = "230102001"
DEAD, PARKED, REFUSED = "svc.registry.dead", "svc.registry.parked", "refused"


@pytest.fixture
def district(node: Callable[..., RunningNode]) -> RunningNode:
    running = node(["registry"])
    declare_ingress(running, CHILD)
    with running.amqp() as connection:
        for queue in (DEAD, PARKED, REFUSED):
            connection.channel().queue_purge(queue)
    return running


def known(district: RunningNode, subject: str) -> bool:
    return district.get(f"/api/registry/organisations/{subject}").ok


def dead(district: RunningNode, count: int = 1) -> list[dict[str, object]]:
    eventually(lambda: district.depth(DEAD) >= count, what="dead letters")
    return [headers for headers, _ in district.letters(DEAD)]


@pytest.mark.parametrize(
    ("body", "content_type", "told"),
    [
        (b"\xff\x00 no json", CONTENT_TYPE, "not a CloudEvent"),
        (b"[]", CONTENT_TYPE, "not a CloudEvent"),
        (b"{}", "application/json", "content type"),
        (b"[" * 100_000, CONTENT_TYPE, "not a CloudEvent"),
    ],
)
def test_what_cannot_be_decoded_is_a_dead_letter_with_its_reason(
    district: RunningNode, body: bytes, content_type: str, told: str
) -> None:
    key = "registry.organisation.approved.area.230102.230102001"
    publish(district, f"ingress.{CHILD}", body, key=key, content_type=content_type)
    [headers] = dead(district)
    assert headers["x-reason"] == "undecodable"
    assert told in str(headers["x-detail"])
    assert headers["x-origin-exchange"] == f"ingress.{CHILD}"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"source": None}, "source"),
        ({"id": ...}, "id"),
        ({"specversion": ...}, "specversion"),
        ({"time": "yesterday"}, "time"),
        ({"sequence": "7"}, "sequence"),
        ({"epoch": 0}, "epoch"),
        ({"time": "2026-03-02T01:00:00"}, "time"),
        ({"dataschema": "urn:x"}, "dataschema"),
        ({"data": [1]}, "data"),
        ({"data": {"name": 5}}, "established_on"),
    ],
)
def test_an_event_that_breaks_its_schema_is_a_dead_letter_that_names_the_field(
    district: RunningNode, fault: dict[str, object], told: str
) -> None:
    event = {name: value for name, value in (organisation_event(CHILD) | fault).items() if value is not ...}
    publish(district, f"ingress.{CHILD}", event)
    [headers] = dead(district)
    assert headers["x-reason"] == "invalid"
    assert told in str(headers["x-detail"])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"name": "\ud800"}, "name"),  # half a character, which JSON can write
        ({"motto": 2**64}, "motto"),
        ({"motto": float("nan")}, "motto"),
        ({"motto": {"a\0b": 1}}, "motto"),
        ({"motto": json.loads("[" * 60 + "]" * 60)}, "motto"),
    ],
    ids=["half a character", "no 64 bits", "no number", "a NUL", "60 levels"],
)
def test_what_no_store_keeps_is_a_dead_letter_at_once_and_not_tried_for_minutes(
    district: RunningNode, data: dict[str, object], told: str
) -> None:
    event = organisation_event(CHILD)
    event["data"] |= data
    publish(district, f"ingress.{CHILD}", event)
    [headers] = dead(district)
    assert (headers["x-reason"], told in str(headers["x-detail"])) == ("invalid", True)


NESTED = reduce(lambda inner, _: struct.pack(">cI", b"A", len(inner)) + inner, range(1500), b"V")


def table(value: bytes) -> bytes:
    """One header, encoded."""
    return struct.pack(">IB", len(value) + 2, 1) + b"h" + value


@pytest.mark.parametrize(
    "properties",
    [
        Unreadable(0x2000, table(struct.pack(">cQ", b"T", 2**62))),
        Unreadable(0x2000, table(NESTED)),
        Unreadable(0x0080, b"\x02\xff\xfe"),
        pika.BasicProperties(content_type=CONTENT_TYPE, content_encoding="unicode_escape"),
        pika.BasicProperties(content_type=CONTENT_TYPE, headers={"x-attempts": "many"}),
    ],
    ids=["a date beyond the calendar", "nested headers", "an id that is no text", "an encoding", "attempts"],
)
def test_properties_that_nobody_can_read_neither_end_the_connection_nor_the_service(
    district: RunningNode, properties: pika.BasicProperties
) -> None:
    pid, way = (district.folder / "log" / "registry.pid").read_text(), link_user(district, CHILD)
    key = routing_key(organisation_event(CHILD))
    push(way, f"ingress.{CHILD}", b"\\ud800", properties, key)
    good = organisation_event(CHILD)
    push(way, f"ingress.{CHILD}", good, pika.BasicProperties(content_type=CONTENT_TYPE))
    eventually(lambda: known(district, good["subject"]), what="the event behind it")
    assert [headers["x-reason"] for headers in dead(district)] == ["undecodable"]
    assert (district.folder / "log" / "registry.pid").read_text() == pid


def test_a_routing_key_that_is_no_text_contradicts_every_envelope(district: RunningNode) -> None:
    key = b"registry.organisation.\xff.area.230102.230102001"
    properties = pika.BasicProperties(content_type=CONTENT_TYPE)
    push(link_user(district, CHILD), f"ingress.{CHILD}", organisation_event(CHILD), properties, key)
    [headers] = dead(district)
    assert (headers["x-reason"], headers["x-origin-key"]) == (
        "forged",
        "registry.organisation.�.area.230102.230102001",
    )


def test_a_dead_letter_keeps_nothing_that_its_sender_set(district: RunningNode) -> None:
    """In its sender's name the broker would refuse it for ever, its lifetime would end it, and by `CC` it would
    come back to the service's queue, again and again."""
    way = link_user(district, CHILD)
    assert isinstance(way.credentials, pika.PlainCredentials)
    for properties in (
        pika.BasicProperties(content_type=CONTENT_TYPE, user_id=way.credentials.username),
        pika.BasicProperties(content_type=CONTENT_TYPE, expiration="60000", content_encoding="none"),
        pika.BasicProperties(content_type=CONTENT_TYPE, headers={"CC": ["svc.registry"], "x-attempts": 7}),
    ):
        push(way, f"ingress.{CHILD}", organisation_event(CHILD) | {"sequence": 0}, properties)
    eventually(lambda: district.depth(DEAD) == 3, what="dead letters")
    with district.amqp() as connection:
        channel = connection.channel()
        for _ in range(3):
            _, properties, _ = channel.basic_get(DEAD)
            assert (properties.user_id, properties.expiration) == (None, None)
            assert set(properties.headers) - {"x-delivery-count"} == {  # which is the broker's own
                "x-detail",
                "x-first-failed",
                "x-origin-exchange",
                "x-origin-key",
                "x-reason",
            }


def test_an_event_of_another_area_never_passes_the_childs_ingress(district: RunningNode) -> None:
    foreign = organisation_event("230102002")
    publish(district, f"ingress.{CHILD}", foreign)
    eventually(lambda: district.depth(REFUSED) == 1, what="the refused message")
    assert not known(district, foreign["subject"])
    assert district.depth(DEAD) == 0


def test_an_event_that_must_not_leave_its_node_is_refused(district: RunningNode) -> None:
    publish(district, f"ingress.{CHILD}", organisation_event(CHILD, audience="node"))
    eventually(lambda: district.depth(REFUSED) == 1)


def test_a_routing_key_that_contradicts_the_envelope_is_forgery(district: RunningNode) -> None:
    foreign = organisation_event("230102002")
    own_key = "registry.organisation.approved.area.230102.230102001"
    publish(district, f"ingress.{CHILD}", foreign, key=own_key)
    [headers] = dead(district)
    assert headers["x-reason"] == "forged"
    assert not known(district, foreign["subject"])


def test_a_request_for_state_whose_answer_nobody_could_address_is_a_dead_letter(
    district: RunningNode,
) -> None:
    asked = organisation_event(CHILD, type="gateway.resync.asked", source=f"/{CHILD}/gateway")
    asked |= {"data": {"id": asked["subject"], "target": "a.b/*", "nouns": ["registry.organisation"]}}
    publish(district, f"ingress.{CHILD}", asked)
    [headers] = dead(district)
    assert (headers["x-reason"], "target" in str(headers["x-detail"])) == ("invalid", True)


def test_a_child_cannot_speak_as_its_parent(district: RunningNode) -> None:
    posing = organisation_event("230102", area=CHILD)
    publish(district, f"ingress.{CHILD}", posing)
    [headers] = dead(district)
    assert headers["x-reason"] == "forged"


def test_a_child_cannot_speak_of_a_record_that_its_parent_or_a_sibling_owns(district: RunningNode) -> None:
    declare_ingress(district, "230102002")
    siblings = organisation_event("230102002", name="邻街的")
    publish(district, "ingress.230102002", siblings)
    eventually(lambda: known(district, siblings["subject"]))
    body = {"area": CHILD, "name": "区里的", "track": "filed", "established_on": "2016-01-01"}
    ours = district.post("/api/registry/organisations", body).json()
    for subject in (siblings["subject"], ours["id"]):
        publish(
            district, f"ingress.{CHILD}", organisation_event(CHILD, subject=subject, sequence=99, name="冒名")
        )
    assert [headers["x-reason"] for headers in dead(district, 2)] == ["forged", "forged"]
    for subject, name in ((siblings["subject"], "邻街的"), (ours["id"], "区里的")):
        assert district.get(f"/api/registry/organisations/{subject}").json()["name"] == name


def test_an_unknown_type_is_parked_for_a_newer_version(district: RunningNode) -> None:
    district.amqp().channel().queue_bind("svc.registry", "events.all", "registry.satellite.#")
    publish(district, f"ingress.{CHILD}", organisation_event(CHILD, type="registry.satellite.launched"))
    eventually(lambda: district.depth(PARKED) == 1)
    [(headers, _)] = district.letters(PARKED)
    assert headers["x-reason"] == "unknown-type"


def test_a_newer_schema_version_is_parked_not_guessed(district: RunningNode) -> None:
    newer = organisation_event(CHILD, dataschema="urn:hatchery:registry.organisation:2")
    publish(district, f"ingress.{CHILD}", newer)
    eventually(lambda: district.depth(PARKED) == 1)
    assert not known(district, newer["subject"])


def test_an_unknown_verb_of_a_known_noun_still_brings_the_newest_state(district: RunningNode) -> None:
    event = organisation_event(CHILD, "celebrated")
    publish(district, f"ingress.{CHILD}", event)
    eventually(lambda: known(district, event["subject"]))


def test_unknown_fields_of_a_newer_publisher_are_tolerated(district: RunningNode) -> None:
    event = organisation_event(CHILD)
    event["data"]["motto"] = "new in version 2"
    publish(district, f"ingress.{CHILD}", event | {"newattribute": "x"})
    eventually(lambda: known(district, event["subject"]))


def test_a_poison_message_that_keeps_failing_ends_in_the_dead_letters_with_its_error(
    district: RunningNode,
) -> None:
    """The district announces a summary of an organisation whose record never came: it is tried again with
    delays, and after the last attempt it rests with what went wrong."""
    orphan = organisation_event("230102", subject=new_id())
    publish(district, "events.own", orphan)
    eventually(
        lambda: district.metric("registry", 'hatchery_events_handled_total{handler="*",outcome="retried"')
    )
    last = organisation_event("230102")
    tried = {"x-attempts": 8, "x-origin-exchange": "events.own", "x-origin-key": routing_key(last)}
    publish(district, "", last, key="svc.registry", headers=tried)
    [headers] = dead(district)
    assert headers["x-reason"] == "failed"
    assert "NotYetKnown" in str(headers["x-detail"])
    assert district.depth("retry.1s") + district.depth("retry.10s") + district.depth("svc.registry") <= 1


def test_valid_events_between_bad_ones_are_all_applied_and_no_service_restarts(district: RunningNode) -> None:
    pid = (district.folder / "log" / "registry.pid").read_text()
    good = [organisation_event(CHILD) for _ in range(60)]
    mixed = []
    for number, event in enumerate(good):
        mixed += [event, organisation_event(CHILD) | {"sequence": -number}]
    publish(district, f"ingress.{CHILD}", *mixed)
    eventually(lambda: all(known(district, event["subject"]) for event in good))
    assert len(dead(district, 60)) == 60
    assert (district.folder / "log" / "registry.pid").read_text() == pid
