"""Forms of the incubator's requests, answers and events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.incubator import domain
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery

_NAME = validate.Length(1, 100)


class NewCentre(Schema):
    """An incubation centre 孵化中心."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=_NAME)
    capacity = fields.Int(
        required=True, validate=validate.Range(1, 10_000), metadata={"description": "desks"}
    )
    operator = Id(load_default=None, allow_none=True)
    functional_areas = fields.List(fields.Str(validate=_NAME), load_default=list)
    generated = fields.Bool(load_default=False)


class CentreState(Schema):
    """The state of a centre that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    capacity = fields.Int(required=True, metadata={"description": "desks"})
    occupied = fields.Int(required=True, metadata={"description": "desks taken"})
    operator = Id(load_default=None, allow_none=True)
    functional_areas = fields.List(fields.Str(), load_default=list)
    generated = fields.Bool(load_default=False)


class CentreView(CentreState):
    """A centre as the API answers it."""

    owner = Area()


class NewResidency(Schema):
    """An application to enter a centre 入驻申请."""

    centre = Id(required=True)
    organisation = Id(required=True)
    generated = fields.Bool(load_default=False)


class Entry(Schema):
    """The agreement with which an organisation enters."""

    agreement_months = fields.Int(
        load_default=domain.AGREEMENT_MONTHS,
        validate=validate.Range(1, 120),
        metadata={"description": "term"},
    )
    desks = fields.Int(load_default=1, validate=validate.Range(1, 1000))


class Stage(Schema):
    """How far an organisation has come."""

    stage = fields.Str(required=True, validate=validate.OneOf(domain.STAGES))


class Reasons(Schema):
    """Why something is done."""

    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class ResidencyState(Schema):
    """The state of a residency that others may know; `area` is the centre's."""

    id = Id(required=True)
    area = Area(required=True)
    centre = Id(required=True)
    organisation = Id(required=True)
    track = fields.Str(required=True)
    status = fields.Str(required=True)
    stage = fields.Str(load_default=None, allow_none=True)
    desks = fields.Int(load_default=0)
    entered_on = Day(load_default=None, allow_none=True)
    term_ends_on = Day(load_default=None, allow_none=True)
    ended_on = Day(load_default=None, allow_none=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class ResidencyView(ResidencyState):
    """A residency as the API answers it."""

    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class AreaQuery(PageQuery):
    """A list below one area."""

    area = Area(load_default=None)


class ResidencyQuery(AreaQuery):
    """Which residencies to list."""

    centre = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)
    stage = fields.Str(load_default=None, validate=validate.OneOf(domain.STAGES))


class SeenOrganisation(Schema):
    """What matters here of an organisation of the registry."""

    name = fields.Str(required=True)
    track = fields.Str(required=True)
    status = fields.Str(required=True)


class SeenSummary(SeenOrganisation):
    """What matters here of an organisation's public summary."""

    organisation = Id(required=True)


class FiguresQuery(Schema):
    """Whose figures."""

    area = Area(required=True)


class Figures(Schema):
    """Counts over everything that this node knows of the area and below it."""

    centres = fields.Int()
    capacity = fields.Int(metadata={"description": "desks of all centres"})
    residents = fields.Int(metadata={"description": "organisations in a centre now"})
    residents_registered = fields.Int()
    residents_filed = fields.Int()
    graduated = fields.Int()
    left = fields.Int(metadata={"description": "organisations that left without graduating"})
