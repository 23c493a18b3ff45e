"""A pytest plugin that keeps what one version of the product really says and stores.

`tests.compat.freeze` loads it by its bare name (`-p collecting`) into the tests of the version that is frozen, so it
may use only what each version has: the services' classes, the AsyncAPI documents, and the fixture `embedded`.
Variable `HATCHERY_FREEZE_TO`: the folder to write into.
"""

from __future__ import annotations

import importlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bson import json_util
from pymongo import MongoClient

from shared.events import asyncapi
from shared.node import GATEWAY, SERVICES

EVENTS = 2  # samples of each event type: the fullest and the barest
DOCUMENTS = 4  # samples of each collection, of different shapes
# Of these only the form is kept. The tests of the product make up all people in them, but samples stay for years.
PERSONAL = {"contact", "answer", "findings", "plan", "remarks", "affiliation", "objections", "expert", "text"}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="session", autouse=True)
def collected(embedded: Any) -> Iterator[None]:
    """After the last test, when the nodes have drained and the store still runs."""
    yield
    to = Path(os.environ["HATCHERY_FREEZE_TO"])
    with closing(MongoClient[dict[str, Any]](embedded.addresses.store_uri, tz_aware=True)) as client:
        for service in (GATEWAY, *SERVICES):
            _freeze(client, service, to)


def _freeze(client: MongoClient[dict[str, Any]], service: str, to: Path) -> None:
    cls = importlib.import_module(f"services.{service}.service").SERVICE
    databases = [client[name] for name in client.list_database_names() if name.endswith(f"_{service}")]
    sent = [one["envelope"] for db in databases for one in db["sent_events"].find()]
    _write(to / "schemas" / f"{service}.json", described(cls))
    _write(to / "events" / f"{service}.json", _events(sent))
    about = {one["subject"]: one["type"] for one in sorted(sent, key=lambda one: one["sequence"])}
    documents = {}
    for kind in cls.documents:
        name = kind._get_collection_name()
        if name != "sent_events":
            stored = [one for db in databases for one in db[name].find()]
            documents[name] = {
                "indexes": indexes_of(databases, name),
                "samples": [
                    {"last_event": about.get(str(one["_id"])), "stored": one} for one in _varied(stored)
                ],
            }
    _write(to / "documents" / f"{service}.json", documents)


def described(cls: Any) -> dict[str, Any]:
    """What the service tells and reads, out of its AsyncAPI document. A reader ignores what it does not know,
    whatever the document says of additional properties."""
    document = asyncapi.document(cls, "frozen")
    messages = list(document["components"]["messages"].values())
    told, read = messages[: len(cls.publishes)], messages[-len(list(cls.handlers)) :]
    return {
        "published": {
            event.type: {
                "dataschema": event.subject.dataschema,
                "audience": event.audience,
                "data": message["payload"]["properties"]["data"],
            }
            for event, message in zip(cls.publishes, told, strict=True)
        },
        "handled": [
            {
                "of": message["name"],
                "version": handler.version,
                "by": handler.name,
                "data": message["payload"]["properties"]["data"],
            }
            for handler, message in zip(cls.handlers, read, strict=True)
        ],
        "schemas": _open(document["components"]["schemas"]),
    }


def _open(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: _open(v) for k, v in schema.items() if k != "additionalProperties" or v is not False}
    return [_open(one) for one in schema] if isinstance(schema, list) else schema


def _events(sent: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    by_type: dict[str, list[dict[str, Any]]] = {}
    for envelope in sent:
        by_type.setdefault(envelope["type"], []).append(envelope)
    chosen = []
    for _, all_of_it in sorted(by_type.items()):
        fullest_first = sorted(all_of_it, key=lambda one: len(json.dumps(one["data"])), reverse=True)
        chosen += fullest_first if len(all_of_it) <= EVENTS else [fullest_first[0], fullest_first[-1]]
    return [_masked(one) for one in chosen]


def _varied(stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fullest document of each state and set of fields, fullest first."""
    by_shape: dict[Any, dict[str, Any]] = {}
    for one in sorted(stored, key=lambda one: len(json_util.dumps(one)), reverse=True):
        shape = (one.get("status"), frozenset(k for k, v in one.items() if v not in (None, [], {})))
        by_shape.setdefault(shape, one)
    chosen = sorted(by_shape.values(), key=lambda one: -len(one))[:DOCUMENTS]
    return [_masked(one | {"inbox": one["inbox"][-3:]} if "inbox" in one else one) for one in chosen]


def indexes_of(databases: list[Any], name: str) -> list[dict[str, Any]]:
    """A collection's indexes, in the first of the databases that has it."""
    for db in databases:
        if name in db.list_collection_names():
            found = db[name].index_information()
            return [
                {"name": key, **{k: v for k, v in about.items() if k not in ("v", "ns")}}
                for key, about in sorted(found.items())
                if key != "_id_"
            ]
    return []


def _masked(value: Any, *, personal: bool = False) -> Any:
    """The same form with every text of a personal field replaced; ids, numbers and times stay."""
    if isinstance(value, dict):
        return {key: _masked(item, personal=personal or key in PERSONAL) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(one, personal=personal) for one in value]
    if personal and isinstance(value, str) and not _ID.fullmatch(value):
        return "*" * min(len(value), 8)
    return value


def _write(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    told = json_util.dumps(
        content, json_options=json_util.RELAXED_JSON_OPTIONS, ensure_ascii=False, indent=1, sort_keys=True
    )
    file.write_text(told + "\n", encoding="utf-8")
