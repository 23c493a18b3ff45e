"""Forms of applications."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.schemas.common import COUNT, MONEY, NAME, REASONS, Part
from services.funding.schemas.optimisation import OptimisationState, OptimisationView
from shared.fields import Area, Fen, Id, Moment, PartOrNone, Schema
from shared.http import PageQuery


class External(Schema):
    """A party that the registry does not know 外部单位: a firm, say, where the round admits such."""

    name = fields.Str(required=True, validate=NAME)
    credit_code = fields.Str(
        required=True,
        validate=validate.Regexp(r"^[0-9A-Z]{18}\Z"),
        metadata={"description": "统一社会信用代码", "examples": ["91230102MA1CX00A07"]},
    )


Answers = fields.Dict(
    keys=fields.Str(validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,39}\Z")),
    values=fields.Raw(allow_none=True),
    load_default=dict,
    metadata={"description": "by the keys of the round's form", "examples": [{"aim": "让独居老人不再孤单"}]},
)


class NewApplication(Schema):
    """An application 申报 to an open round."""

    round = Id(required=True)
    organisation = Id(required=True)
    host = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "registered organisation that answers for a filed team"},
    )
    topic = Id(load_default=None, allow_none=True)
    title = fields.Str(required=True, validate=NAME)
    plan = fields.Str(load_default="", validate=validate.Length(0, 20_000))
    amount_fen = Fen(required=True, validate=MONEY)
    beneficiaries_direct = fields.Int(load_default=0, strict=True, validate=COUNT)
    beneficiaries_indirect = fields.Int(load_default=0, strict=True, validate=COUNT)
    answers = Answers
    generated = fields.Bool(load_default=False)


class ApplicationState(Schema):
    """The state of an application that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    organisation = Id(required=True)
    host = Id(load_default=None, allow_none=True)
    track = fields.Str(load_default=None, allow_none=True)
    topic = Id(load_default=None, allow_none=True)
    title = fields.Str(required=True)
    amount_fen = Fen(required=True)
    beneficiaries_direct = fields.Int(load_default=0)
    beneficiaries_indirect = fields.Int(load_default=0)
    status = fields.Str(required=True)
    reasons = fields.List(fields.Str(), load_default=list)
    submitted_at = Moment(load_default=None, allow_none=True)
    screened_at = Moment(load_default=None, allow_none=True)
    score_hundredths = fields.Int(load_default=None, allow_none=True)
    rank = fields.Int(load_default=None, allow_none=True)
    proposed = fields.Bool(load_default=False)
    open_objections = fields.Int(load_default=0)
    awarded_at = Moment(load_default=None, allow_none=True)
    optimisations = fields.List(fields.Nested(OptimisationState), load_default=list)
    commitments = fields.List(fields.Nested(Part), load_default=list)
    generated = fields.Bool(load_default=False)
    external = PartOrNone(External)


class CheckView(Schema):
    """A rule of the screening with what was found; `open`: a person has to look."""

    rule = fields.Str()
    wanted = fields.Str()
    found = fields.Str()
    outcome = fields.Str(metadata={"enum": ["met", "failed", "open"]})
    reason = fields.Str(metadata={"description": "the code of a rejection for it"})


class DecisionView(Schema):
    """What a person decided in the screening."""

    passed = fields.Bool()
    reasons = fields.Str()
    decided_at = Moment()
    reversal = fields.Bool()


class ApplicationView(ApplicationState):
    """An application as the API answers it."""

    optimisations = fields.List(fields.Nested(OptimisationView))
    plan = fields.Str()
    answers = fields.Dict(keys=fields.Str(), values=fields.Raw(allow_none=True))
    draft = Id(allow_none=True)
    checks = fields.List(fields.Nested(CheckView))
    decisions = fields.List(fields.Nested(DecisionView))
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class ApplicationQuery(PageQuery):
    """Which applications to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)


class ScreeningDecision(Schema):
    """What a person decides where the rules cannot."""

    passed = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=REASONS)
