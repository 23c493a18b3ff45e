"""Forms of monitoring."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.early_warnings import KINDS as WARNINGS
from services.funding.domain.monitoring import KINDS
from services.funding.schemas.common import COUNT, NAME
from shared.fields import Day, Fen, Id, Moment, Schema


class NewReport(Schema):
    """A progress report or an activity record: what it adds to those before it. It asks for numbers of people, never
    for names."""

    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    first_day = Day(required=True)
    last_day = Day(required=True)
    title = fields.Str(required=True, validate=NAME)
    text = fields.Str(load_default="", validate=validate.Length(0, 20_000))
    spent_fen = Fen(load_default=0, metadata={"description": "of the grant"})
    beneficiaries_direct = fields.Int(
        load_default=0, strict=True, validate=COUNT, metadata={"description": "reached for the first time"}
    )
    beneficiaries_indirect = fields.Int(load_default=0, strict=True, validate=COUNT)
    person_times = fields.Int(
        load_default=0, strict=True, validate=COUNT, metadata={"description": "attendances 人次"}
    )
    corrects = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the report that this one takes the place of"},
    )


class ReportView(NewReport):
    """A report as it was made."""

    id = Id()
    project = Id()
    created_at = Moment()


class WarningState(Schema):
    """A warning 预警 that was recorded."""

    kind = fields.Str(required=True, validate=validate.OneOf(list(WARNINGS)))
    raised_at = Moment(required=True)
    over_at = Moment(load_default=None, allow_none=True)
    figures = fields.Dict(load_default=dict)


class WarningView(Schema):
    """A warning that holds now."""

    kind = fields.Str(metadata={"enum": list(WARNINGS)})
    about = fields.Str(metadata={"description": "in Chinese"})
    figures = fields.Dict(metadata={"description": "that say so"})
    raised_at = Moment(allow_none=True, metadata={"description": "null until the timer has recorded it"})


class MonitoringRun(Schema):
    """What the timer found."""

    warned = fields.Int(metadata={"description": "warnings that began to hold"})
    over = fields.Int(metadata={"description": "warnings that are over"})
    overdue = fields.Int(metadata={"description": "rectifications whose deadline has passed"})
    uncontracted = fields.Int(metadata={"description": "awards of purchases whose contract is overdue"})
