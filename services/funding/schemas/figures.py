"""Forms of funding's figures."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.funds import SOURCES
from shared.fields import Area, Fen, Id, Schema


class FiguresQuery(Schema):
    """Whose figures. `year` and `source` are the fund's or round's."""

    area = Area(required=True)
    year = fields.Int(load_default=None)
    round = Id(load_default=None)
    source = fields.Str(load_default=None, validate=validate.OneOf(SOURCES))


class Figures(Schema):
    """Counts over everything that this node knows of the area and below it; amounts in fen."""

    fund_budget_fen = Fen()
    rounds = fields.Int(metadata={"description": "opened ones"})
    applications = fields.Int()
    screened = fields.Int(metadata={"description": "passed the first screening"})
    funded = fields.Int(metadata={"description": "awarded"})
    awarded_fen = Fen(metadata={"description": "sum of the awards"})
    committed_fen = Fen(metadata={"description": "promised and not released, paid or not"})
    paid_fen = Fen(metadata={"description": "also what came back since"})
    repaid_fen = Fen(metadata={"description": "came back by claw-back"})
    spent_fen = Fen(metadata={"description": "of the grants, as organisations report"})
    projects = fields.Int()
    beneficiaries_direct = fields.Int(metadata={"description": "of funded applications"})
    beneficiaries_indirect = fields.Int(metadata={"description": "of funded applications"})
    reached_direct = fields.Int(metadata={"description": "persons, as organisations report"})
    reached_indirect = fields.Int(metadata={"description": "persons, as organisations report"})
    person_times = fields.Int(metadata={"description": "attendances 人次, as organisations report"})
