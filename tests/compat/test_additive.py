"""The comparison of two versions' events finds what would break, and lets pass what would not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.compat import additive

pytestmark = pytest.mark.unit

BEFORE: dict[str, Any] = {
    "registry": {
        "published": {
            "registry.permit.granted": {
                "dataschema": "urn:hatchery:registry.permit:1",
                "audience": "area",
                "data": {"$ref": "#/components/schemas/PermitState"},
            }
        },
        "handled": [],
        "schemas": {
            "PermitState": {
                "type": "object",
                "required": ["id", "status"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "status": {"type": "string", "enum": ["open", "closed"]},
                    "holder": {"type": ["string", "null"], "default": None},
                    "fee": {"type": "integer", "minimum": 0, "maximum": 100},
                    "notes": {"type": "array", "items": {"type": "string"}},
                },
            }
        },
    },
    "needs": {
        "published": {},
        "handled": [
            {
                "of": "registry.permit.*",
                "version": 1,
                "by": "keep KnownPermit",
                "data": {"$ref": "#/components/schemas/SeenPermit"},
            }
        ],
        "schemas": {
            "SeenPermit": {
                "type": "object",
                "required": ["status"],
                "properties": {"status": {"type": "string"}, "holder": {"type": ["string", "null"]}},
            }
        },
    },
}
Described = dict[str, Any]


def permit(described: Described) -> Described:
    return described["registry"]["schemas"]["PermitState"]


def seen(described: Described) -> Described:
    return described["needs"]["schemas"]["SeenPermit"]


def changed(change: Callable[[Described], Any]) -> Described:
    now = copy.deepcopy(BEFORE)
    change(now)
    return now


def field(**schema: Any) -> Callable[[Described], None]:
    return lambda now: permit(now)["properties"].update(schema)


@pytest.mark.parametrize(
    ("what", "change", "told"),
    [
        ("a removed event", lambda now: now["registry"]["published"].clear(), "told no more"),
        ("a removed service", lambda now: now.pop("registry"), "told no more"),
        ("a removed field", lambda now: permit(now)["properties"].pop("fee"), "no field 'fee'"),
        ("a field that may be missing", lambda now: permit(now)["required"].remove("id"), "'id' may be missing"),
        ("another type", field(fee={"type": "string"}), "fee may be string"),
        ("a wider type", field(notes={"type": ["array", "null"]}), "notes may be null"),
        ("a new value of a list", field(status={"type": "string", "enum": ["open", "lost"]}), "lost"),
        ("a wider range", field(fee={"type": "integer", "minimum": 0, "maximum": 200}), "maximum 100"),
        ("another format", field(id={"type": "string"}), "format uuid"),
        ("other things in a list", field(notes={"type": "array", "items": {"type": "object"}}), "each may be"),
        ("another audience", lambda now: now["registry"]["published"]["registry.permit.granted"].update(
            audience="node"), "audience node"),
        ("a new required field of a reader", lambda now: seen(now)["required"].append("weight")
            or seen(now)["properties"].update(weight={"type": "integer"}), "no field 'weight' is told"),
        ("a reader that insists", lambda now: seen(now)["required"].append("holder"), "'holder' may be missing"),
        ("a reader's narrower type", lambda now: seen(now)["properties"].update(
            holder={"type": "string"}), "holder may be null"),
        ("a reader's shorter text", lambda now: seen(now)["properties"].update(
            status={"type": "string", "maxLength": 3}), "maxLength 3"),
    ],
)  # fmt: skip
def test_a_breaking_change_is_found(what: str, change: Callable[[Described], Any], told: str):
    found = additive.faults(BEFORE, changed(change))
    assert [fault for fault in found if told in fault], (what, found)


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("nothing", lambda now: None),
        ("a new field", field(seat={"type": "string"})),
        ("a new event", lambda now: now["registry"]["published"].update(
            {"registry.permit.lost": now["registry"]["published"]["registry.permit.granted"]})),
        ("a new service", lambda now: now.update(funding=now["needs"])),
        ("an explanation", field(fee={"type": "integer", "minimum": 0, "maximum": 100, "description": "fen"})),
        ("a narrower range that is told", field(fee={"type": "integer", "minimum": 1, "maximum": 50})),
        ("a reader that needs less", lambda now: seen(now)["required"].clear()),
        ("a reader's new field that it can do without", lambda now: seen(now)["properties"].update(
            fee={"type": "integer", "minimum": 0, "maximum": 100})),
        ("a new major version", lambda now: (permit(now)["properties"].pop("fee"),
            now["registry"]["published"]["registry.permit.granted"].update(
                dataschema="urn:hatchery:registry.permit:2"))),
    ],
)  # fmt: skip
def test_what_only_adds_passes(what: str, change: Callable[[Described], Any]):
    assert additive.faults(BEFORE, changed(change)) == [], what
