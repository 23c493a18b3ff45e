"""What the version before told is still read, and what is told now, the version before can read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.events import asyncapi
from shared.events.envelope import CONTENT_TYPE, decode
from shared.events.types import EventType
from tests.compat import additive, freeze, previous, today
from tests.contracts.published import NAMES, event_types, example, service

pytestmark = pytest.mark.unit

BEFORE = {name: previous.frozen("schemas", name) for name in previous.services()}
ENVELOPES = [envelope for name in BEFORE for envelope in previous.frozen("events", name)]
READ_BEFORE = [(name, handler) for name in BEFORE for handler in BEFORE[name]["handled"]]


def test_events_change_by_additions_only():
    found = additive.faults(BEFORE, today.schemas())
    assert not found, additive.explained(found, previous.VERSION)


def test_of_each_event_of_the_version_before_there_is_a_sample_or_it_is_named():
    frozen = previous.HERE / f"v{previous.VERSION}"
    named = (frozen / freeze.UNSAMPLED).read_text(encoding="utf-8").split()
    assert list(freeze.without_sample(frozen)) == named


@pytest.mark.parametrize("envelope", ENVELOPES, ids=[f"{e['type']} {e['id'][-6:]}" for e in ENVELOPES])
def test_an_event_of_the_version_before_is_read_by_all_who_read_it_then(envelope: dict[str, Any]):
    event = decode(json.dumps(envelope).encode(), CONTENT_TYPE)
    for name, handler in READ_BEFORE:
        if not additive.takes(handler["of"], event.type):
            continue
        now = service(name).handlers.of(event)
        assert now, f"{name} reads {event.type} no more and would park it"
        for one in now:
            assert one.version >= event.schema_version
            one.parse(event)  # raises BadEvent for what it cannot read


@pytest.mark.parametrize("event", event_types().values(), ids=event_types().keys())
@pytest.mark.parametrize("bare", [False, True], ids=["full", "bare"])
def test_an_event_of_today_is_read_by_the_version_before(event: EventType, bare: bool):
    told = event.subject.dumper.dump(example(event.subject.dumper, bare=bare))
    for name, handler in READ_BEFORE:
        if additive.takes(handler["of"], event.type) and handler["version"] >= event.subject.version:
            schema = handler["data"] | {"components": {"schemas": BEFORE[name]["schemas"]}}
            found = [error.message for error in Draft202012Validator(schema).iter_errors(told)]
            assert not found, additive.explained([f"{name}: {one}" for one in found], previous.VERSION)


def test_published_schemas_allow_the_fields_that_later_versions_add():
    """Or a subscriber that holds events against the AsyncAPI document would refuse each addition."""
    for name in NAMES:
        schemas = asyncapi.document(service(name), "0")["components"]["schemas"]
        closed = [key for key, schema in schemas.items() if schema.get("additionalProperties") is False]
        assert closed == []
