"""Forms of public summaries."""

from __future__ import annotations

from marshmallow import fields

from shared.fields import Area, Day, Id, Schema


class SummaryState(Schema):
    """What everybody may know of an organisation."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    name = fields.Str(required=True)
    track = fields.Str(required=True)
    type = fields.Str(load_default=None, allow_none=True)
    credit_code = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(load_default=None, allow_none=True)
    established_on = Day(load_default=None, allow_none=True)
    status = fields.Str(required=True)
    abnormal = fields.Bool(load_default=False, metadata={"description": "on the list 活动异常名录"})
    serious = fields.Bool(load_default=False, metadata={"description": "on the list 严重违法失信名单"})


class SummaryView(SummaryState):
    """A public summary as the API answers it."""
