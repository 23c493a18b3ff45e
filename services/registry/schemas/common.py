"""Forms that several subjects use."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.fields import Area, Schema
from shared.http import PageQuery

NAME = validate.Length(1, 100)


class Reasons(Schema):
    """Why something is done."""

    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class AreaQuery(PageQuery):
    """A list below one area."""

    area = Area(load_default=None)
