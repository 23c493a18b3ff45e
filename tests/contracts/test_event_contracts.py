"""What one service publishes and another one reads fits together, without either knowing the other."""

from __future__ import annotations

from typing import Any

import bson
import pytest
from jsonschema import Draft202012Validator
from marshmallow import EXCLUDE

from shared import clock
from shared.events import asyncapi
from shared.events.handlers import Handler, stored
from shared.events.types import EventType
from shared.ids import new_id
from shared.version import VERSION
from tests.contracts.published import NAMES, event_types, example, service

pytestmark = pytest.mark.unit

PUBLISHED = event_types()
# What every service may direct to this one (service "*") is the platform's own and no service's event.
HANDLED = [(name, handler) for name in NAMES for handler in service(name).handlers if handler.service != "*"]
PERSONAL = {"phone", "contact", "email", "mobile", "id_card", "id_number", "birthday", "person", "address"}

on_each_handler = pytest.mark.parametrize(
    ("name", "handler"), HANDLED, ids=[f"{n}: {h.service}.{h.noun}.{h.verb} {h.name}" for n, h in HANDLED]
)
on_each_event = pytest.mark.parametrize("event", PUBLISHED.values(), ids=PUBLISHED.keys())


def read_by(handler: Handler) -> list[EventType]:
    """The published events that a handler takes."""
    subject = (handler.service, handler.noun)
    found = [e for e in PUBLISHED.values() if (e.subject.service, e.subject.noun) == subject]
    return [event for event in found if handler.verb in ("*", event.verb)]


@on_each_handler
def test_what_is_handled_is_published_by_the_service_it_names(name: str, handler: Handler):
    assert read_by(handler), (
        f"{name} waits for {handler.service}.{handler.noun}.{handler.verb}, which nobody tells"
    )


@on_each_handler
@pytest.mark.parametrize("bare", [False, True], ids=["full", "bare"])
def test_what_is_published_can_be_read(name: str, handler: Handler, bare: bool):
    for event in read_by(handler):
        state = event.subject.dumper
        told = state.dump(example(state, bare=bare))
        assert handler.schema(unknown=EXCLUDE).validate(told) == {}, event.type


@on_each_handler
def test_what_a_read_model_keeps_can_be_stored(name: str, handler: Handler):
    """Within plain dictionaries the store knows fewer kinds of values than our fields do: no days."""
    for event in read_by(handler):
        if handler.kept is not None:
            state = event.subject.dumper
            read = handler.schema(unknown=EXCLUDE).load(state.dump(example(state, bare=False)))
            bson.encode(stored(handler.kept, read))


@on_each_handler
def test_nobody_reads_an_older_form_than_is_published(name: str, handler: Handler):
    assert {event.subject.version for event in read_by(handler)} <= {handler.version}


@on_each_handler
def test_what_must_not_leave_its_node_is_not_waited_for_elsewhere(name: str, handler: Handler):
    """A replica of what its node keeps to itself would wait in vain."""
    assert not (handler.name.startswith("copy ") and all(e.audience == "node" for e in read_by(handler)))


@pytest.mark.parametrize("name", NAMES)
def test_of_what_a_queue_is_bound_to_nothing_known_would_be_parked(name: str):
    handlers = service(name).handlers
    for pattern in handlers.patterns():
        for event in PUBLISHED.values():
            if f"{event.type}.".startswith(pattern.removesuffix("#")):
                assert [h for h in handlers if event in read_by(h)], event.type


def test_no_two_subjects_have_the_same_name_and_no_two_events_the_same_type():
    events = [event for name in NAMES for event in service(name).publishes]
    assert len(events) == len(PUBLISHED)
    assert len({(e.subject.service, e.subject.noun): e.subject for e in events}) == len(
        {e.subject for e in events}
    )


@on_each_event
def test_a_service_publishes_its_own_subjects_only(event: EventType):
    assert event in service(event.subject.service).publishes


@on_each_event
def test_the_shared_state_names_no_person(event: EventType):
    assert not PERSONAL & event.subject.dumper.fields.keys()


@on_each_event
@pytest.mark.parametrize("bare", [False, True], ids=["full", "bare"])
def test_an_event_is_what_its_published_schema_says(event: EventType, bare: bool):
    document = asyncapi.document(service(event.subject.service), VERSION)
    payload = document["components"]["messages"][event.type]["payload"]
    schema = payload | {"components": document["components"]}
    state = event.subject.dumper
    told: dict[str, Any] = {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"/230102/{event.subject.service}",
        "type": event.type,
        "subject": new_id(),
        "time": clock.text(clock.now()),
        "datacontenttype": "application/json",
        "dataschema": event.subject.dataschema,
        "sequence": 1,
        "epoch": 1,
        "area": "230102001",
        "audience": event.audience,
        "causationid": new_id(),
        "correlationid": new_id(),
        "data": state.dump(example(state, bare=bare)),
    }
    assert [error.message for error in Draft202012Validator(schema).iter_errors(told)] == []
    del told["data"]["id"]
    if state.fields["id"].required:
        assert list(Draft202012Validator(schema).iter_errors(told))
