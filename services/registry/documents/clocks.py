"""What is stored of deadlines: days that an area works differently, and the records that have clocks."""

from __future__ import annotations

from typing import ClassVar

from mongoengine import BooleanField, DateField, Document, StringField

from shared.clocks import timed
from shared.store import Aggregate


class CalendarDay(Aggregate):
    """A single day 工作日调整 that an area works, or does not work, other than the State Council's notice says."""

    meta = {"collection": "calendar_days", "indexes": [("area", "day")]}
    day = DateField(required=True)
    worked = BooleanField(required=True)
    reasons = StringField(required=True)


class Timed(timed.Timed):
    """A record of the registry whose steps have deadlines."""

    meta = {"abstract": True}
    days: ClassVar[type[Document]] = CalendarDay
