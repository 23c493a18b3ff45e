"""Forms of scores and the ranking."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.schemas.common import CRITERION, SCORE
from shared.fields import Fen, Id, Moment, Schema


class PlaceView(Schema):
    """A place in the ranking with every figure that led to it; scores in hundredths of a point."""

    application = Id()
    rank = fields.Int()
    score_hundredths = fields.Int(metadata={"description": "mean of the counted scores"})
    counted = fields.List(fields.Int(), metadata={"description": "weighted scores of the experts that count"})
    left_out = fields.List(fields.Int(), metadata={"description": "lowest and highest, from five scores on"})
    amount_fen = Fen()
    needed_fen = Fen(metadata={"description": "by all that are proposed down to here"})
    outcome = fields.Str(metadata={"enum": ["proposed", "below_threshold", "beyond_budget"]})


class NewScore(Schema):
    """One expert's scores by criterion. `expert` is a pseudonym 化名编号, never a name."""

    expert = fields.Str(required=True, validate=validate.Length(1, 64))
    affiliation = Id(
        load_default=None, allow_none=True, metadata={"description": "the expert's organisation"}
    )
    scores = fields.Dict(
        keys=fields.Str(validate=CRITERION),
        values=fields.Int(strict=True, validate=SCORE),
        required=True,
    )
    remarks = fields.Str(load_default="", validate=validate.Length(0, 2000))


class ScoreView(NewScore):
    """A score as it was given."""

    scored_at = Moment()
