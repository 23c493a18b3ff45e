"""Forms of deadlines."""

from __future__ import annotations

from marshmallow import fields

from shared import clocks as rules
from shared.fields import Area, Moment, Schema


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


class ClockRun(Schema):
    """What the clocks made happen."""

    reminded = fields.Int(metadata={"description": "deadlines that are near"})
    overdue = fields.Int(metadata={"description": "deadlines that have passed"})
    lapsed = fields.Int(metadata={"description": "steps that the law itself has taken, as 视为受理"})
    moved = fields.Int(metadata={"description": "deadlines that a changed day has moved"})
