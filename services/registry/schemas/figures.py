"""Forms of areas and counts."""

from __future__ import annotations

from marshmallow import fields

from shared.fields import Area, Schema


class Division(Schema):
    """An area 区划 of the official code list."""

    code = Area()
    name = fields.Str()
    tier = fields.Str()
    parent = Area(allow_none=True)


class FiguresQuery(Schema):
    """Whose figures."""

    area = Area(required=True)


class Figures(Schema):
    """Counts over everything that this node knows of the area and below it."""

    organisations = fields.Int()
    registered = fields.Int()
    filed = fields.Int()
    stations = fields.Int()
    stations_complying = fields.Int()
    party_branches = fields.Int()
    party_independent = fields.Int()
    party_joint = fields.Int()
    party_functional = fields.Int()
    party_covered = fields.Int(metadata={"description": "registered organisations with a party organisation"})
    party_coverage_percent = fields.Int(
        metadata={"description": "covered per hundred registered, rounded down"}, allow_none=True
    )
