"""Forms of days that an area works differently."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.clocks.forms import ClockRun
from shared.fields import Area, Day, Id, Schema
from shared.http import PageQuery


class NewCalendarDay(Schema):
    """A day 工作日调整 that an area works, or does not work, other than the State Council's notice says."""

    area = Area(required=True)
    day = Day(required=True)
    worked = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class CalendarDayState(NewCalendarDay):
    """A day as everybody may know it."""

    id = Id(required=True)


class CalendarDayView(CalendarDayState):
    """A day as the API answers it."""

    owner = Area()


class CalendarDayQuery(PageQuery):
    """Which days to list."""

    area = Area(load_default=None)


class RegistryClockRun(ClockRun):
    """What the clocks made happen."""

    expired = fields.Int(metadata={"description": "filings whose time has passed"})
