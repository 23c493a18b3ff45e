"""Forms of deadlines and of days that an area works differently."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import clocks as rules
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery


class DeadlineState(Schema):
    """The deadline of the step that a record is in; all null where none runs."""

    due_step = fields.Str(load_default=None, allow_none=True, metadata={"examples": ["acceptance"]})
    due_at = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "the last moment; null while the clock stands still"},
    )
    due_certain = fields.Bool(
        load_default=None,
        allow_none=True,
        metadata={"description": "false where a holiday notice is still to come"},
    )
    due_stage = fields.Str(load_default=None, allow_none=True, metadata={"enum": [*rules.STAGES, None]})
    due_area = Area(load_default=None, allow_none=True, metadata={"description": "whose staff have to act"})


class Bilingual(Schema):
    """A text in both languages."""

    en = fields.Str()
    zh = fields.Str()


class DeadlineView(Schema):
    """What the API says of a deadline beside its state."""

    due_warning = fields.Nested(
        Bilingual, allow_none=True, metadata={"description": "why the date is not certain"}
    )


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


class ClockRun(Schema):
    """What the clocks made happen."""

    reminded = fields.Int(metadata={"description": "deadlines that are near"})
    overdue = fields.Int(metadata={"description": "deadlines that have passed"})
    lapsed = fields.Int(metadata={"description": "applications that count as accepted 视为受理"})
    expired = fields.Int(metadata={"description": "filings whose time has passed"})
    moved = fields.Int(metadata={"description": "deadlines that a changed day has moved"})
