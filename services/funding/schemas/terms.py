"""Forms of what rounds go by, whether a scheme says it or the round itself."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain import eligibility, forms, schemes, stages
from services.funding.domain.rounds import CONDITIONS, KINDS, TRACKS
from services.funding.schemas.common import CRITERION, MONEY
from shared.fields import Fen, Schema


class Criterion(Schema):
    """What experts score, with its weight."""

    name = fields.Str(required=True, validate=CRITERION)
    weight = fields.Int(required=True, strict=True, validate=validate.Range(1, 1000))


class TranchePlan(Schema):
    """A tranche 拨付批次: its share in per cent and what it waits for."""

    share = fields.Int(required=True, strict=True, validate=validate.Range(1, 100))
    condition = fields.Str(required=True, validate=validate.OneOf(CONDITIONS))


class StagePlan(Schema):
    """A stage 环节 in use: how long it is meant to take, and what has to be so before the round moves on."""

    stage = fields.Str(required=True, validate=validate.OneOf(list(stages.STAGES)))
    days = fields.Int(load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 1000))
    unit = fields.Str(load_default="working_days", validate=validate.OneOf(stages.UNITS))
    conditions = fields.List(
        fields.Str(validate=validate.OneOf(list(stages.CONDITIONS))),
        load_default=list,
        validate=validate.Length(0, len(stages.CONDITIONS)),
    )


class EligibilityRule(Schema):
    """A rule of eligibility 申报条件."""

    rule = fields.Str(required=True, validate=validate.OneOf(list(eligibility.RULES)))
    value = fields.Raw(
        required=True,
        metadata={
            "description": "; ".join(f"{name}: {rule.about.en}" for name, rule in eligibility.RULES.items()),
            "examples": [True],
        },
    )


_BOUND = validate.Range(0, 10**12)


class FormField(Schema):
    """A field of the form 申报书. Bounds are characters of a text, the value of a number, fen of an amount, or how
    many choices or attachments."""

    key = fields.Str(
        required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,39}\Z"), metadata={"examples": ["aim"]}
    )
    kind = fields.Str(required=True, validate=validate.OneOf(forms.KINDS))
    label = fields.Str(required=True, validate=validate.Length(1, 100))
    help = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 500))
    required = fields.Bool(load_default=False)
    least = fields.Int(load_default=None, allow_none=True, strict=True, validate=_BOUND)
    most = fields.Int(load_default=None, allow_none=True, strict=True, validate=_BOUND)
    choices = fields.List(
        fields.Str(validate=validate.Length(1, 100)), load_default=list, validate=validate.Length(0, 50)
    )


class Panel(Schema):
    """How applications are reviewed 评审规则."""

    experts = fields.Int(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, 30),
        metadata={"description": "drawn for each application; null: no panel is drawn"},
    )
    same_street_excluded = fields.Bool(
        load_default=False, metadata={"description": "no expert of the applicant's street"}
    )
    trim_from = fields.Int(
        load_default=schemes.TRIM_FROM,
        allow_none=True,
        strict=True,
        validate=validate.Range(3, 30),
        metadata={"description": "scores from which the lowest and highest are left out; null: never"},
    )
    missing = fields.Str(
        load_default="present",
        validate=validate.OneOf(schemes.MISSING),
        metadata={"description": "present: rank by the scores that are there; wait: for all that are due"},
    )
    ties = fields.List(
        fields.Str(validate=validate.OneOf(schemes.TIES)),
        load_default=lambda: ["earlier"],
        validate=validate.Length(1, len(schemes.TIES)),
        metadata={"description": "what decides between equal scores, one after the other"},
    )
    blind = fields.Bool(
        load_default=False, metadata={"description": "experts do not see whose application it is"}
    )


class RoundTerms(Schema):
    """What a round goes by 轮次规则, all of it data."""

    kind = fields.Str(required=True, validate=validate.OneOf(KINDS))
    stages = fields.List(
        fields.Nested(StagePlan),
        load_default=stages.usual,
        validate=validate.Length(1, len(stages.STAGES)),
        metadata={"description": "stages in use, in the order of the course"},
    )
    criteria = fields.List(fields.Nested(Criterion), required=True, validate=validate.Length(0, 30))
    threshold = fields.Int(load_default=0, strict=True, validate=validate.Range(0, 100))
    cap_fen = Fen(load_default=None, allow_none=True, metadata={"description": "fen 分, per project"})
    organisation_cap_fen = Fen(
        load_default=None,
        allow_none=True,
        validate=MONEY,
        metadata={"description": "fen 分, of all applications of one organisation"},
    )
    organisation_most = fields.Int(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, 1000),
        metadata={"description": "applications of one organisation"},
    )
    notice_working_days = fields.Int(required=True, strict=True, validate=validate.Range(0, 60))
    tranches = fields.List(fields.Nested(TranchePlan), required=True, validate=validate.Length(1, 3))
    tracks = fields.List(
        fields.Str(validate=validate.OneOf(TRACKS)),
        load_default=lambda: list(TRACKS),
        validate=validate.Length(1, 2),
    )
    external = fields.Bool(
        load_default=False, metadata={"description": "admits parties that the registry does not know"}
    )
    topics_only = fields.Bool(load_default=False)
    eligibility = fields.List(
        fields.Nested(EligibilityRule), load_default=list, validate=validate.Length(0, 20)
    )
    form = fields.List(fields.Nested(FormField), load_default=list, validate=validate.Length(0, 60))
    panel = fields.Nested(Panel, load_default=schemes.usual_panel)
    remedy = fields.Str(
        load_default="objections",
        validate=validate.OneOf(schemes.REMEDIES),
        metadata={"description": "objections 异议, or query and complaint under procurement law 质疑投诉"},
    )
