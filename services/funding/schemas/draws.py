"""Forms of draws, recusals and what a reviewer sees."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.experts import TIES
from shared.fields import Area, Fen, Id, Moment, Schema

_BEACON = validate.Length(1, 200)
PSEUDONYM = validate.Length(1, 64)


class Preparation(Schema):
    """Which experts the panel is drawn of, and how."""

    expertise = fields.List(
        fields.Str(validate=validate.Length(1, 50)),
        load_default=list,
        validate=validate.Length(0, 20),
        metadata={"description": "only experts with one of these; all where none is named"},
    )
    beacon = fields.Str(
        load_default=None,
        allow_none=True,
        validate=_BEACON,
        metadata={"description": "a public value that nobody can know yet, such as the numbers of a lottery"},
    )
    chair = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the expert who leads the review and gives no scores"},
    )


class Drawing(Schema):
    """The draw itself."""

    beacon_value = fields.Str(load_default=None, allow_none=True, validate=_BEACON)


class Recusal(Schema):
    """An expert gives up a seat 回避."""

    expert = fields.Str(required=True, validate=PSEUDONYM, metadata={"description": "the pseudonym"})
    application = Id(
        load_default=None, allow_none=True, metadata={"description": "null: all of the round's applications"}
    )
    ground = fields.Str(required=True, validate=validate.OneOf([*TIES, "unavailable"]))


class DrawState(Schema):
    """The state of a draw that everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    number = fields.Int(required=True, metadata={"description": "experts for each application"})
    status = fields.Str(required=True)
    seed_hash = fields.Str(required=True, metadata={"description": "SHA-256 of the seed in hexadecimal"})
    seed = fields.Str(
        load_default=None, allow_none=True, metadata={"description": "once the round is concluded"}
    )
    beacon = fields.Str(load_default=None, allow_none=True)
    beacon_value = fields.Str(load_default=None, allow_none=True)
    pseudonyms = fields.List(fields.Str(), load_default=list)
    prepared_at = Moment(load_default=None, allow_none=True)
    drawn_at = Moment(load_default=None, allow_none=True)
    revealed_at = Moment(load_default=None, allow_none=True)


class Member(Schema):
    """Who is behind a pseudonym."""

    pseudonym = fields.Str()
    expert = Id()


class Barred(Schema):
    """Why an expert does not judge an application."""

    application = Id()
    pseudonym = fields.Str()
    reasons = fields.List(fields.Str())
    recused_at = Moment(allow_none=True, metadata={"description": "null: excluded before the draw"})


class SeatedPanel(Schema):
    """Who judges an application."""

    application = Id()
    experts = fields.List(fields.Str())


class DrawView(DrawState):
    """A draw as those see it who run the review."""

    chair = Id(allow_none=True)
    roster = fields.List(fields.Nested(Member))
    panels = fields.List(fields.Nested(SeatedPanel))
    barred = fields.List(fields.Nested(Barred))
    owner = Area()


class ReviewView(Schema):
    """What a reviewer judges; who applies is not told where the round is blind."""

    application = Id()
    expert = fields.Str(metadata={"description": "the pseudonym to score under"})
    title = fields.Str()
    plan = fields.Str()
    amount_fen = Fen()
    beneficiaries_direct = fields.Int()
    beneficiaries_indirect = fields.Int()
    organisation = Id(allow_none=True)
    host = Id(allow_none=True)
    scores = fields.Dict(
        keys=fields.Str(),
        values=fields.Int(),
        allow_none=True,
        metadata={"description": "the reviewer's own; null where still to be given"},
    )
    remarks = fields.Str(allow_none=True)
