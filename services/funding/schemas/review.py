"""Forms of scores and the ranking."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.packs import CHOICES
from services.funding.schemas.common import CRITERION, REASONS, SCORE
from services.funding.schemas.draws import DrawState
from shared.fields import Area, Fen, Id, Moment, Schema


class WeighedScore(Schema):
    """What became of one expert's scores, in hundredths of a point."""

    expert = fields.Str()
    weighted_hundredths = fields.Int()
    treatment = fields.Str(metadata={"enum": ["counted", "lowest", "highest"]})


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
    scores = fields.List(fields.Nested(WeighedScore), metadata={"description": "from the lowest up"})
    missing = fields.List(fields.Str(), metadata={"description": "experts of the panel who gave none"})
    tie = fields.Str(
        allow_none=True,
        metadata={"description": "the rule that put it behind the one above with the same score"},
    )


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


class Standing(Schema):
    """How far the review of an application has come."""

    application = Id()
    title = fields.Str()
    due = fields.Int(
        allow_none=True, metadata={"description": "scores to come in all; null: no panel is drawn"}
    )
    given = fields.Int()
    missing = fields.List(fields.Str(), metadata={"description": "experts who still have to score"})
    score_hundredths = fields.Int(allow_none=True, metadata={"description": "by the scores given so far"})


class ChoiceView(Schema):
    """A set of projects that fits the budget."""

    name = fields.Str(metadata={"enum": list(CHOICES)})
    explanation = fields.Str()
    applications = fields.List(Id(), metadata={"description": "best first"})
    amount_fen = Fen()
    unused_fen = Fen()
    score_hundredths = fields.Int(metadata={"description": "of all of them together"})
    passed_over = fields.List(Id(), metadata={"description": "better than the last of the set, not in it"})


class DecisionPack(Schema):
    """Which sets of projects fit the budget 决策方案."""

    round = Id()
    budget_fen = Fen(metadata={"description": "free in the round's funds when it was ranked"})
    choices = fields.List(fields.Nested(ChoiceView))
    missing = fields.List(fields.Str(), metadata={"description": "choices that could not be worked out"})
    chosen = fields.Str(metadata={"enum": list(CHOICES)})
    reasons = fields.Str(allow_none=True)


class Proposal(Schema):
    """Which set of the decision pack is proposed, and why."""

    choice = fields.Str(required=True, validate=validate.OneOf(CHOICES))
    reasons = fields.Str(required=True, validate=REASONS)


class PublicRules(Schema):
    """The rules that the round was ranked by."""

    experts = fields.Int(allow_none=True)
    trim_from = fields.Int(allow_none=True)
    missing = fields.Str()
    ties = fields.List(fields.Str())


class PublicScore(Schema):
    """One expert's scores by criterion."""

    expert = fields.Str()
    scores = fields.Dict(keys=fields.Str(), values=fields.Int())


class PublicReview(Schema):
    """One application: who could not judge it, who did, and how."""

    application = Id()
    submitted_at = Moment()
    amount_fen = Fen()
    beneficiaries_direct = fields.Int()
    barred = fields.List(fields.Str(), metadata={"description": "excluded or recused; why is not told"})
    panel = fields.List(fields.Str(), allow_none=True)
    scores = fields.List(fields.Nested(PublicScore))


class ReviewRecord(Schema):
    """Draw and ranking of a round 评审公开信息, such that anybody can do both again."""

    round = Id()
    area = Area()
    status = fields.Str()
    algorithm = fields.Str()
    draw = fields.Nested(DrawState, allow_none=True)
    superseded = fields.List(fields.Nested(DrawState), metadata={"description": "prepared and never drawn"})
    rules = fields.Nested(PublicRules)
    criteria = fields.List(fields.Dict(), metadata={"description": "name, weight; the first breaks ties"})
    threshold = fields.Int(metadata={"description": "points"})
    budget_fen = Fen(allow_none=True)
    chosen = fields.Str(metadata={"enum": list(CHOICES)})
    applications = fields.List(
        fields.Nested(PublicReview), metadata={"description": "from the public notice on"}
    )
    ranking = fields.List(fields.Nested(PlaceView), metadata={"description": "from the public notice on"})
