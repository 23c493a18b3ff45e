"""Forms of records of service."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import deliveries as rules
from services.needs.schemas.common import COUNT, TITLE
from shared.fields import Area, Day, Id, Schema
from shared.http import PageQuery


class NewDelivery(Schema):
    """A record of service 服务记录."""

    area = Area(required=True)
    organisation = Id(required=True)
    topic = Id(load_default=None, allow_none=True)
    service = fields.Str(required=True, validate=TITLE)
    delivered_on = Day(required=True)
    beneficiaries = fields.Int(
        required=True, validate=COUNT, metadata={"description": "people reached for the first time"}
    )
    person_times = fields.Int(required=True, validate=COUNT)
    confirmed_by = fields.Str(required=True, validate=validate.OneOf(rules.CONFIRMERS))
    generated = fields.Bool(load_default=False)


class DeliveryState(Schema):
    """The state of a record of service that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    topic = Id(load_default=None, allow_none=True)
    service = fields.Str(required=True)
    delivered_on = Day(required=True)
    beneficiaries = fields.Int(required=True)
    person_times = fields.Int(required=True)
    confirmed_by = fields.Str(required=True)
    generated = fields.Bool(load_default=False)


class DeliveryView(DeliveryState):
    """A record of service as the API answers it."""

    owner = Area()


class DeliveryQuery(PageQuery):
    """Which records of service to list."""

    area = Area(load_default=None)
    organisation = Id(load_default=None)
    topic = Id(load_default=None)
