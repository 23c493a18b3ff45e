"""Forms of service stations."""

from __future__ import annotations

from marshmallow import fields, validate

from services.registry.domain import stations as rules
from services.registry.schemas.common import NAME
from shared.fields import Area, Id, Schema


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
    generated = fields.Bool(load_default=False)


class StationState(Schema):
    """The state of a station that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    five_haves = fields.Dict(keys=fields.Str(), values=fields.Bool(), load_default=dict)
    seven_in_common = fields.Dict(keys=fields.Str(), values=fields.Bool(), load_default=dict)
    complies = fields.Bool(required=True)
    generated = fields.Bool(load_default=False)


class StationView(StationState):
    """A station as the API answers it."""

    owner = Area()
