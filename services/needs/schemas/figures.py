"""Forms of the figures."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.fields import Area, Schema

_YEAR = validate.Range(1949, 2999)


class FiguresQuery(Schema):
    """Whose figures, and of which year."""

    area = Area(required=True)
    year = fields.Int(load_default=None, validate=_YEAR)


class Figures(Schema):
    """Counts over everything that this node knows of the area and below it."""

    collected = fields.Int(metadata={"description": "needs raised, merged or not"})
    merged = fields.Int()
    library = fields.Int()
    topics = fields.Int(metadata={"description": "library items chosen for funding"})
    streets = fields.Int(metadata={"description": "streets and towns in which needs were raised"})
    communities = fields.Int(metadata={"description": "communities in which needs were raised"})
    deliveries = fields.Int()
    beneficiaries = fields.Int()
    person_times = fields.Int()
    hotline_requests = fields.Int()
    hotline_closed = fields.Int()
    hotline_closed_percent = fields.Int(
        allow_none=True, metadata={"description": "answered per hundred hotline requests, rounded down"}
    )
