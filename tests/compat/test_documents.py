"""What the version before stored is read, changed and saved by today's classes, and nothing of it gets lost."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mongoengine import Document

from deploy.embedded import Embedded
from shared import runtime
from shared.audit.trail import TRAIL, UNSEALED
from shared.call import Call
from shared.node import parse
from shared.store import Aggregate, connection, find, migrations, nodes, save
from tests.compat import previous
from tests.compat.collecting import indexes_of
from tests.contracts.published import event_types, service

pytestmark = pytest.mark.service

NAMES = previous.services()
NODE = parse(
    json.dumps(
        {
            "area": "230102",
            "url": "http://127.0.0.1:1",
            "port": 1,
            "broker": "amqp://127.0.0.1/",
            "store": "mongodb://127.0.0.1/",
            "keys": "keys",
        }
    ),
    Path(),
    {},
)
# What each save changes, and what it adds when the record has an older form.
MANAGED = {
    "version", "sequence", "updated_at", "outbox", "inbox", "pending_since", "schema_version", TRAIL, UNSEALED,
}  # fmt: skip
Sample = dict[str, Any]


def kinds(name: str) -> dict[str, type[Document]]:
    return {kind._get_collection_name(): kind for kind in service(name).documents}


SAMPLES = [
    (name, collection, sample)
    for name in NAMES
    for collection, kept in previous.frozen("documents", name).items()
    for sample in kept["samples"]
]
# Read models and copies are written by events only, and their form is that of the events.
WRITTEN = [one for one in SAMPLES if one[2]["last_event"] and "outbox" in one[2]["stored"]]


def on_each(samples: list[tuple[str, str, Sample]]) -> pytest.MarkDecorator:
    ids = [f"{name} {collection} {str(sample['stored']['_id'])[-6:]}" for name, collection, sample in samples]
    return pytest.mark.parametrize(("name", "collection", "sample"), samples, ids=ids)


@pytest.fixture(scope="module", autouse=True)
def store(embedded: Embedded) -> Iterator[None]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    connection.connect(embedded.addresses.store_uri, name)
    nodes.forget()
    yield
    connection.database().client.drop_database(name)
    connection.disconnect()
    nodes.forget()


def put(kind: type[Document], stored: Sample) -> Document:
    kind._get_collection().replace_one({"_id": stored["_id"]}, stored, upsert=True)
    loaded = kind.objects(pk=stored["_id"]).first()
    assert loaded is not None
    return loaded


def raw(kind: type[Document], identifier: str) -> Sample:
    found: Sample | None = kind._get_collection().find_one({"_id": identifier})
    assert found is not None
    return found


def test_each_collection_of_the_version_before_is_still_known():
    gone = {
        f"{name}: {collection}"
        for name in NAMES
        for collection in previous.frozen("documents", name).keys() - kinds(name).keys()
    }
    assert gone == set(), "what they hold would be read by nobody"


@pytest.mark.parametrize("name", NAMES)
def test_an_index_keeps_its_form_under_its_name(name: str):
    """A service that finds an index of the same name in another form does not start."""
    for collection, kept in previous.frozen("documents", name).items():
        kind = kinds(name)[collection]
        kind.ensure_indexes()
        now = {index["name"]: index for index in indexes_of([connection.database()], collection)}
        changed = [
            (index, now[index["name"]])
            for index in kept["indexes"]
            if now.get(index["name"], plain(index)) != plain(index)
        ]
        assert changed == [], "give the changed index a name of its own"


def plain(index: dict[str, Any]) -> dict[str, Any]:
    return index | {"key": [tuple(pair) for pair in index["key"]]}


@on_each(SAMPLES)
def test_a_stored_document_is_read_and_sound(name: str, collection: str, sample: Sample):
    loaded = put(kinds(name)[collection], sample["stored"])
    loaded.validate()


@on_each(WRITTEN)
def test_a_changed_document_keeps_what_it_had(name: str, collection: str, sample: Sample):
    kind, stored = kinds(name)[collection], sample["stored"]
    assert issubclass(kind, Aggregate)
    put(kind, stored)
    node = replace(NODE, area=stored["owner"])
    runtime.configure(node, name, {})
    loaded = find(kind, stored["_id"])
    assert loaded is not None
    save(Call(node=node, service=name), loaded, event_types()[sample["last_event"]])
    after = raw(kind, stored["_id"])
    assert {key: after.get(key) for key in stored.keys() - MANAGED} == {
        key: value for key, value in stored.items() if key not in MANAGED
    }
    assert after["version"] == stored["version"] + 1
    list(migrations.run(connection.database(), kind))
    migrated = raw(kind, stored["_id"])
    assert migrated["schema_version"] == migrations.newest(kind)
    assert {key: migrated.get(key) for key in after.keys() - MANAGED} == {
        key: value for key, value in after.items() if key not in MANAGED
    }, "a step only adds"
    for envelope in previous.frozen("events", name):
        if (envelope["subject"], envelope["causationid"]) == (stored["_id"], stored["inbox"][-1]):
            then, now = envelope["data"], after["outbox"][0]["data"]
            assert {key: now.get(key) for key in then} == then, "the same state is told in the same words"
