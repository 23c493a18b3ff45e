"""Forms of awards and contracts."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.schemas.common import Part
from shared.fields import Day, Schema


class Award(Schema):
    """Which of the round's funds an award draws on; in their order where nothing is said."""

    funds = fields.List(fields.Nested(Part), load_default=list, validate=validate.Length(0, 20))


class Contract(Schema):
    """A contract 协议. Where it was not drafted before, its term is said here: from the day of its signature, and for a
    year, where nothing is given."""

    signed_on = Day(required=True)
    starts_on = Day(load_default=None, allow_none=True)
    ends_on = Day(load_default=None, allow_none=True)
    stable = fields.Bool(load_default=False)
