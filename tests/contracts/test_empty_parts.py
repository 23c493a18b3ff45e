"""What is told of a record that has none of its parts can be read by what tells it: null, and not a part without
what a part must have."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest
from marshmallow import Schema, fields
from mongoengine import IntField, LongField

from shared.store.aggregate import Aggregate
from tests.contracts.published import NAMES, service

pytestmark = pytest.mark.unit

# Written in each command that makes the record: there is none without them.
ALWAYS = {"NoticeState", "NoticeView", "MessageState", "MessageView", "ReminderState", "ReminderView"}

NUMBERS = (IntField, LongField)


def modules(name: str) -> Iterator[ModuleType]:
    first = importlib.import_module(f"services.{name}.schemas")
    yield first
    for one in pkgutil.iter_modules(getattr(first, "__path__", ())):
        yield importlib.import_module(f"{first.__name__}.{one.name}")


def told() -> Iterator[tuple[type[Aggregate], type[Schema]]]:
    """Each kind of record with the form of its events, and with its view where it has one."""
    for name in NAMES:
        views = {each: form for module in modules(name) for each, form in vars(module).items()}
        for subject, kind in service(name).tells:
            yield kind, subject.state
            if view := views.get(f"{kind.__name__}View"):
                yield kind, view


TOLD = [(kind, form) for kind, form in told() if form.__name__ not in ALWAYS]


@pytest.mark.parametrize(
    ("kind", "form"), TOLD, ids=[f"{kind.__name__}-{form.__name__}" for kind, form in TOLD]
)
def test_a_record_without_its_parts_is_told_in_a_form_that_can_be_read(
    kind: type[Aggregate], form: type[Schema]
) -> None:
    schema, numbers = form(), {name: 0 for name, one in kind._fields.items() if isinstance(one, NUMBERS)}
    given = schema.dump(kind(area="230102001", owner="230102001", **numbers))
    for name, field in schema.fields.items():
        if isinstance(field, fields.Nested) and not field.many and given.get(name) is not None:
            assert field.schema.validate(given[name]) == {}, name


def test_views_are_among_them() -> None:
    assert sum(form.__name__.endswith("View") for _, form in TOLD) > 30
