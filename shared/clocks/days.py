"""Days that areas work differently 工作日调整. The registry sets them; others know them by its events."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields
from mongoengine import BooleanField, DateField, Document

from shared import areas
from shared.fields import Day, Schema
from shared.store import ReadModel

SET = "registry.calendar_day.set"


class KnownCalendarDay(ReadModel):
    """A day that an area works, or does not, as the registry tells it."""

    meta = {"collection": "known_calendar_days", "indexes": [("area", "day")]}
    day = DateField()
    worked = BooleanField()


class SeenCalendarDay(Schema):
    """What matters of `registry.calendar_day` to clocks."""

    day = Day(required=True)
    worked = fields.Bool(required=True)


def overrides(kind: type[Document], area: str) -> dict[date, bool]:
    """Days that hold differently at `area`, of what `kind` keeps; the nearest area's word counts."""
    found: Any = kind.objects(area__in=areas.path(area)).only("area", "day", "worked")
    return {one.day: one.worked for one in sorted(found, key=lambda one: len(one.area))}
