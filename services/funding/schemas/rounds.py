"""Forms of rounds."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.rounds import KINDS
from services.funding.schemas.common import NAME, YEAR
from services.funding.schemas.terms import (
    Criterion,
    EligibilityRule,
    FormField,
    Panel,
    RoundTerms,
    StagePlan,
    TranchePlan,
)
from shared.fields import Area, Fen, Id, Moment, Schema
from shared.http import PageQuery


class NewRound(RoundTerms):
    """A round 轮次: its rules are data."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    year = fields.Int(required=True, strict=True, validate=YEAR)
    funds = fields.List(Id(), required=True, validate=validate.Length(1, 20))
    opens_at = Moment(required=True)
    closes_at = Moment(required=True)
    generated = fields.Bool(load_default=False)


class StageSpan(Schema):
    """When a stage is meant to be 日程; null where the terms leave that open."""

    stage = fields.Str(required=True)
    begins_at = Moment(load_default=None, allow_none=True)
    ends_at = Moment(load_default=None, allow_none=True)


class StageEntered(Schema):
    """When the round came to a stage."""

    stage = fields.Str(required=True)
    at = Moment(required=True)


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
    scheme = Id(
        load_default=None, allow_none=True, metadata={"description": "the scheme that it was planned by"}
    )
    scheme_version = fields.Int(load_default=None, allow_none=True)
    stages = fields.List(fields.Nested(StagePlan), load_default=list)
    stage = fields.Str(
        load_default=None,
        allow_none=True,
        metadata={"description": "where it is in its course; null: not begun; finished: all stages are left"},
    )
    calendar = fields.List(fields.Nested(StageSpan), load_default=list)
    course = fields.List(
        fields.Nested(StageEntered), load_default=list, metadata={"description": "stages it has come to"}
    )
    organisation_cap_fen = Fen(load_default=None, allow_none=True)
    organisation_most = fields.Int(load_default=None, allow_none=True)
    external = fields.Bool(load_default=False)
    eligibility = fields.List(fields.Nested(EligibilityRule), load_default=list)
    form = fields.List(fields.Nested(FormField), load_default=list)
    panel = fields.Nested(Panel, load_default=None, allow_none=True)
    remedy = fields.Str(load_default="objections")


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
