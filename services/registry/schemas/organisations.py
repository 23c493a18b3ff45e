"""Forms of organisations: requests, answers, events."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import organisations as rules
from services.registry.schemas.clocks import DeadlineState, DeadlineView
from services.registry.schemas.common import NAME
from shared.fields import Area, Day, Id, Moment, Schema
from shared.http import PageQuery


class NewOrganisation(Schema):
    """An application to be registered 登记 or filed 备案."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    track = fields.Str(required=True, validate=validate.OneOf(rules.TRACKS))
    type = fields.Str(load_default=None, allow_none=True, validate=validate.OneOf(list(rules.TYPES)))
    credit_code = fields.Str(load_default=None, allow_none=True, validate=validate.Length(equal=18))
    category = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 50))
    supervising_unit = fields.Str(load_default=None, allow_none=True, validate=NAME)
    established_on = Day(required=True)
    generated = fields.Bool(load_default=False)


class Correction(Schema):
    """What is corrected 补正 in an application; what is left out stays as it was."""

    name = fields.Str(validate=NAME)
    type = fields.Str(allow_none=True, validate=validate.OneOf(list(rules.TYPES)))
    credit_code = fields.Str(allow_none=True, validate=validate.Length(equal=18))
    category = fields.Str(allow_none=True, validate=validate.Length(1, 50))
    supervising_unit = fields.Str(allow_none=True, validate=NAME)
    established_on = Day()


class Decision(Schema):
    """A decision with its reasons."""

    approve = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class OrganisationState(DeadlineState):
    """The state of an organisation that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    track = fields.Str(required=True)
    type = fields.Str(load_default=None, allow_none=True)
    credit_code = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(load_default=None, allow_none=True)
    supervising_unit = fields.Str(load_default=None, allow_none=True)
    established_on = Day(required=True)
    status = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    decided_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class OrganisationView(OrganisationState, DeadlineView):
    """An organisation as the API answers it."""

    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class OrganisationQuery(PageQuery):
    """Which organisations to list."""

    area = Area(load_default=None)
    track = fields.Str(load_default=None, validate=validate.OneOf(rules.TRACKS))
    status = fields.Str(load_default=None)
