"""Forms of service stations."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import stations as rules
from services.registry.schemas.common import NAME
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery
from shared.lifecycle import table

_TEXT = validate.Length(1, 2000)


class CheckList(Schema):
    """Both check lists of a station: 五有 and 七统一."""

    five_haves = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(rules.FIVE_HAVES)), values=fields.Bool(), required=True
    )
    seven_in_common = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(rules.SEVEN_IN_COMMON)), values=fields.Bool(), required=True
    )


class NewStation(CheckList):
    """A service station 服务站."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    opened_on = Day(load_default=None, allow_none=True, metadata={"description": "today if left out"})
    generated = fields.Bool(load_default=False)


class NewCheck(CheckList):
    """What a visit found."""

    visited_on = Day(load_default=None, allow_none=True, metadata={"description": "today if left out"})
    visitor_role = fields.Str(load_default=None, allow_none=True, validate=validate.OneOf(rules.VISITORS))
    findings = fields.Str(load_default=None, allow_none=True, validate=_TEXT)


class Compliance(Schema):
    """Whether a station complied from a day on."""

    on = fields.Str(
        required=True,
        validate=validate.Regexp(r"^\d{4}-\d\d-\d\d\Z", error="Not a valid date."),
        metadata={"format": "date", "examples": ["2026-03-02"], "description": "kept as text, as it is told"},
    )
    complies = fields.Bool(required=True)


class StationState(Schema):
    """The state of a station that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    five_haves = fields.Dict(keys=fields.Str(), values=fields.Bool(), load_default=dict)
    seven_in_common = fields.Dict(keys=fields.Str(), values=fields.Bool(), load_default=dict)
    complies = fields.Bool(required=True)
    generated = fields.Bool(load_default=False)
    status = fields.Str(load_default="open")
    opened_on = Day(load_default=None, allow_none=True)
    closed_on = Day(load_default=None, allow_none=True)
    history = fields.List(fields.Nested(Compliance), load_default=list)


class StationView(StationState):
    """A station as the API answers it."""

    owner = Area()


class VisitView(Schema):
    """One visit, told by the node that owns the station."""

    id = Id()
    visited_on = Day()
    visitor_role = fields.Str()
    five_haves = fields.Dict(keys=fields.Str(), values=fields.Bool())
    seven_in_common = fields.Dict(keys=fields.Str(), values=fields.Bool())
    complies = fields.Bool()
    findings = fields.Str(allow_none=True)
    created_at = Moment()


class StationQuery(PageQuery):
    """Which stations to list."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.StationLife))))


class TrendQuery(Schema):
    """Whose share of compliance, until when, over how many months."""

    area = Area(required=True)
    on = Day(load_default=None, allow_none=True, metadata={"description": "today if left out"})
    months = fields.Int(load_default=12, validate=validate.Range(0, 60))


class SharePoint(Schema):
    """Open stations and those that comply, at the end of a day."""

    on = Day()
    stations = fields.Int()
    complying = fields.Int()
    percent = fields.Int(allow_none=True, metadata={"description": "rounded down"})


class ShareView(Schema):
    """The share of compliance of one area, with its trend by month."""

    area = Area()
    name = fields.Str(allow_none=True)
    stations = fields.Int()
    complying = fields.Int()
    percent = fields.Int(allow_none=True, metadata={"description": "rounded down"})
    trend = fields.List(fields.Nested(SharePoint))


class Shares(ShareView):
    """The share of an area, and of each area directly below it that has stations."""

    below = fields.List(fields.Nested(ShareView))
