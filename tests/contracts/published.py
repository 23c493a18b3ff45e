"""All services as they describe themselves, and examples of what they publish."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema, fields, validate

from shared.events.types import EventType
from shared.fields import Area, Day, Fen, Id, Moment
from shared.node import GATEWAY, SERVICES
from shared.service import Service

NAMES = (GATEWAY, *SERVICES)


def service(name: str) -> type[Service]:
    """A service's class. Not through the launcher: that would patch this process for eventlet."""
    found: type[Service] = importlib.import_module(f"services.{name}.service").SERVICE
    return found


def event_types() -> dict[str, EventType]:
    return {event.type: event for name in NAMES for event in service(name).publishes}


def example(schema: Schema, *, bare: bool) -> dict[str, Any]:
    """A state that the schema could dump; `bare`: with null and nothing wherever that is allowed."""
    return {name: _value(field, bare) for name, field in schema.fields.items() if not field.load_only}


_PLAIN: tuple[tuple[type[fields.Field[Any]], Any], ...] = (
    (Fen, 150_000),
    (Area, "230102001"),
    (Id, "01981b4e-5a00-7000-8000-000000000001"),
    (Moment, datetime(2026, 3, 2, 1, 0, tzinfo=UTC)),
    (Day, date(2026, 3, 2)),
    (fields.Boolean, True),
    (fields.Integer, 3),
    (fields.String, "文字"),
)


def _value(field: fields.Field[Any], bare: bool) -> Any:
    if bare and field.allow_none:
        return None
    if isinstance(field, fields.Nested):
        one = example(field.schema, bare=bare)
        return one if not field.many else [] if bare else [one]
    if isinstance(field, fields.List):
        return [] if bare else [_value(field.inner, bare)]
    if isinstance(field, fields.Dict):
        inner = field.value_field
        key = _value(field.key_field, bare) if field.key_field else "item"
        return {} if bare or inner is None else {key: _value(inner, bare)}
    for told in ("enum", "examples"):
        if field.metadata.get(told):
            return field.metadata[told][0]
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            return next(iter(rule.choices))
    return next(value for kind, value in _PLAIN if isinstance(field, kind))
