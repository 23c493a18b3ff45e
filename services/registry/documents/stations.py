"""What is stored of service stations."""

from __future__ import annotations

from typing import Any, ClassVar

from mongoengine import BooleanField, DateField, DictField, ListField, StringField

from services.registry.domain import stations as rules
from shared.audit.personal import DUTY, Personal
from shared.errors import Text
from shared.lifecycle import initial
from shared.store import Aggregate, Record


class Station(Aggregate):
    """A service station of social organisations 社会组织服务站."""

    meta = {
        "collection": "stations",
        "indexes": [
            {
                "fields": ["owner", "only_of"],
                "unique": True,
                "partialFilterExpression": {"only_of": {"$type": "string"}},
            },
        ],
    }
    name = StringField(required=True)
    five_haves = DictField()
    seven_in_common = DictField()
    complies = BooleanField(default=False)
    status = StringField(default=initial(rules.StationLife))
    only_of = StringField()  # the community whose one open station it is; None in records of older versions
    opened_on = DateField()
    closed_on = DateField()
    history = ListField(DictField())  # {"on": "2026-03-01", "complies"}: a line each time that it changed
    reasons = StringField()
    generated = BooleanField(default=False)


class StationVisit(Record):
    """A visit to a station 走访检查: what was found on a day."""

    meta: dict[str, Any] = {"collection": "station_visits", "indexes": [("station", "id")]}
    part_of = Station
    part_by = "station"
    station = StringField(required=True)
    visited_on = DateField(required=True)
    visitor_role = StringField(required=True)
    five_haves = DictField()
    seven_in_common = DictField()
    complies = BooleanField(required=True)
    findings = StringField()
    personal: ClassVar = {"findings": Personal(Text("to have faults mended", "督促整改"), basis=DUTY)}
