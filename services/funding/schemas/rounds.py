"""Forms of rounds."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.rounds import CONDITIONS, KINDS, TRACKS
from services.funding.schemas.common import CRITERION, NAME, YEAR
from shared.fields import Area, Fen, Id, Moment, Schema
from shared.http import PageQuery


class Criterion(Schema):
    """What experts score, with its weight."""

    name = fields.Str(required=True, validate=CRITERION)
    weight = fields.Int(required=True, strict=True, validate=validate.Range(1, 1000))


class TranchePlan(Schema):
    """A tranche 拨付批次: its share in per cent and what it waits for."""

    share = fields.Int(required=True, strict=True, validate=validate.Range(1, 100))
    condition = fields.Str(required=True, validate=validate.OneOf(CONDITIONS))


class NewRound(Schema):
    """A round 轮次: its rules are data."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    year = fields.Int(required=True, strict=True, validate=YEAR)
    funds = fields.List(Id(), required=True, validate=validate.Length(1, 20))
    criteria = fields.List(fields.Nested(Criterion), required=True, validate=validate.Length(1, 30))
    threshold = fields.Int(load_default=0, strict=True, validate=validate.Range(0, 100))
    cap_fen = Fen(load_default=None, allow_none=True)
    notice_working_days = fields.Int(required=True, strict=True, validate=validate.Range(0, 60))
    tranches = fields.List(fields.Nested(TranchePlan), required=True, validate=validate.Length(1, 3))
    tracks = fields.List(
        fields.Str(validate=validate.OneOf(TRACKS)),
        load_default=lambda: list(TRACKS),
        validate=validate.Length(1, 2),
    )
    topics_only = fields.Bool(load_default=False)
    opens_at = Moment(required=True)
    closes_at = Moment(required=True)
    generated = fields.Bool(load_default=False)


class RoundState(Schema):
    """The state of a round that everybody may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    year = fields.Int(required=True)
    status = fields.Str(required=True)
    funds = fields.List(Id(), load_default=list)
    criteria = fields.List(fields.Nested(Criterion), load_default=list)
    threshold = fields.Int(load_default=0)
    cap_fen = Fen(load_default=None, allow_none=True)
    notice_working_days = fields.Int(load_default=None, allow_none=True)
    tranches = fields.List(fields.Nested(TranchePlan), load_default=list)
    tracks = fields.List(fields.Str(), load_default=list)
    topics_only = fields.Bool(load_default=False)
    opens_at = Moment(load_default=None, allow_none=True)
    closes_at = Moment(load_default=None, allow_none=True)
    notice_ends_at = Moment(load_default=None, allow_none=True)
    proposed = fields.List(Id(), load_default=list, metadata={"description": "applications, best first"})
    generated = fields.Bool(load_default=False)


class RoundView(RoundState):
    """A round as the API answers it."""

    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class RoundQuery(PageQuery):
    """Which rounds to list."""

    area = Area(load_default=None)
    year = fields.Int(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(KINDS))
    status = fields.Str(load_default=None)
