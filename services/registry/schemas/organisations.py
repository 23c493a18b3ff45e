"""Forms of organisations: requests, answers, events."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.registry.domain import organisations as rules
from services.registry.schemas.common import NAME, Reasons
from shared.clocks.forms import DeadlineState, DeadlineView
from shared.fields import Area, Day, DayText, Fen, Id, Moment, Schema
from shared.http import PageQuery


def _count(about: str, **more: Any) -> fields.Int:
    return fields.Int(
        strict=True,
        allow_none=True,
        validate=validate.Range(0, 10**6),
        metadata={"description": about},
        **more,
    )


class Particulars(Schema):
    """Registered matters 登记事项 that an application may already name."""

    residence = fields.Str(validate=validate.Length(1, 200), metadata={"description": "住所"})
    scope = fields.Str(validate=validate.Length(1, 2000), metadata={"description": "业务范围"})
    legal_representative = fields.Str(
        validate=validate.Length(1, 50), metadata={"description": "法定代表人（负责人）; answered masked"}
    )


class NewOrganisation(Particulars):
    """An application to be registered 登记 or filed 备案."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    track = fields.Str(required=True, validate=validate.OneOf(rules.TRACKS))
    type = fields.Str(load_default=None, allow_none=True, validate=validate.OneOf(list(rules.TYPES)))
    credit_code = fields.Str(load_default=None, allow_none=True, validate=validate.Length(equal=18))
    category = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 50))
    supervising_unit = fields.Str(load_default=None, allow_none=True, validate=NAME)
    established_on = Day(required=True)
    members = _count("individual members 个人会员", load_default=None)
    unit_members = _count("member units 单位会员", load_default=None)
    funds_fen = Fen(load_default=None, allow_none=True)
    premises_sqm = _count("premises in square metres 场所面积", load_default=None)
    growing_from = Id(
        load_default=None, allow_none=True, metadata={"description": "the filing that becomes a legal person"}
    )
    similar_reasons = fields.Str(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 2000),
        metadata={"description": "of staff: why a similar name is right all the same"},
    )
    generated = fields.Bool(load_default=False)
    draft = fields.Bool(
        load_default=False, metadata={"description": "keep it as a draft 草稿, to be submitted later"}
    )


class Correction(Particulars):
    """What is corrected 补正 in an application or changed in a draft; what is left out stays as it was."""

    name = fields.Str(validate=NAME)
    type = fields.Str(allow_none=True, validate=validate.OneOf(list(rules.TYPES)))
    credit_code = fields.Str(allow_none=True, validate=validate.Length(equal=18))
    category = fields.Str(allow_none=True, validate=validate.Length(1, 50))
    supervising_unit = fields.Str(allow_none=True, validate=NAME)
    established_on = Day()
    members = _count("individual members 个人会员")
    unit_members = _count("member units 单位会员")
    funds_fen = Fen(allow_none=True)
    premises_sqm = _count("premises in square metres 场所面积")
    similar_reasons = fields.Str(allow_none=True, validate=validate.Length(1, 2000))


class Decision(Schema):
    """A decision with its reasons."""

    approve = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=validate.Length(1, 2000))


class Opinion(Schema):
    """What the supervising unit 业务主管单位 says of an application."""

    approve = fields.Bool(required=True)
    opinion = fields.Str(required=True, validate=validate.Length(1, 2000))


class FirstOpinion(Opinion):
    """A first opinion 初审 as it was given."""

    given_at = Moment(required=True)


class SimilarName(Schema):
    """An organisation with a similar name."""

    id = Id()
    name = fields.Str()
    percent = fields.Int(metadata={"description": "how similar, 100 is the same"})


class NewMove(Reasons):
    """Where an organisation moves to 迁移."""

    to = Area(required=True)


class ApprovedStatutes(Schema):
    """The statutes 章程 that hold."""

    adopted_on = DayText(required=True)
    sha256 = fields.Str(required=True)
    approved_on = DayText(required=True)


class Sanction(Reasons):
    """Why an organisation loses its licence or its approval is withdrawn, and by which law."""

    legal_basis = fields.Str(
        required=True,
        validate=validate.Length(1, 500),
        metadata={"description": "law and article", "examples": ["社会团体登记管理条例 30"]},
    )


class LiquidationReport(Schema):
    """What a liquidation 清算 came to."""

    concluded_on = DayText(required=True)
    assets_fen = Fen(required=True)
    debts_fen = Fen(required=True)
    remaining = fields.Str(
        required=True,
        validate=validate.Length(1, 500),
        metadata={"description": "what becomes of the remaining property, as the statutes say"},
    )


class Ending(Reasons):
    """Why an organisation ends, and the report of its liquidation where it is a legal person."""

    liquidation = fields.Nested(LiquidationReport, load_default=None, allow_none=True)


class LifeStep(Schema):
    """One step of an organisation's life."""

    step = fields.Str(required=True)
    status = fields.Str(required=True, metadata={"description": "after the step"})
    at = Moment(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    legal_basis = fields.Str(load_default=None, allow_none=True)


class OrganisationState(DeadlineState):
    """The state of an organisation that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    track = fields.Str(required=True)
    type = fields.Str(load_default=None, allow_none=True)
    credit_code = fields.Str(load_default=None, allow_none=True)
    category = fields.Str(load_default=None, allow_none=True)
    supervising_unit = fields.Str(load_default=None, allow_none=True)
    established_on = Day(required=True)
    status = fields.Str(required=True)
    reasons = fields.Str(load_default=None, allow_none=True)
    decided_at = Moment(load_default=None, allow_none=True)
    moving_to = Area(load_default=None, allow_none=True)
    residence = fields.Str(load_default=None, allow_none=True)
    scope = fields.Str(load_default=None, allow_none=True)
    statutes = fields.Nested(ApprovedStatutes, load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)
    members = _count("individual members 个人会员", load_default=None)
    unit_members = _count("member units 单位会员", load_default=None)
    funds_fen = Fen(load_default=None, allow_none=True)
    premises_sqm = _count("premises in square metres 场所面积", load_default=None)
    first_opinion = fields.Nested(FirstOpinion, load_default=None, allow_none=True)
    growing_from = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the filing that it wants to grow out of"},
    )
    grown_from = Id(
        load_default=None, allow_none=True, metadata={"description": "the filing that it has grown out of"}
    )
    grown_into = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the registration that it has grown into"},
    )
    received_in = Area(
        load_default=None,
        allow_none=True,
        metadata={"description": "the community that took it in and sent it on"},
    )
    applied_at = Moment(load_default=None, allow_none=True)
    accepted_at = Moment(load_default=None, allow_none=True)
    legal_basis = fields.Str(load_default=None, allow_none=True)
    liquidation = fields.Nested(LiquidationReport, load_default=None, allow_none=True)
    ended_by = fields.Str(
        load_default=None,
        allow_none=True,
        metadata={"description": "how its end came about: cancelled, revoked, rescinded, closed, grown"},
    )
    valid_until = Day(
        load_default=None, allow_none=True, metadata={"description": "the last day of a filing"}
    )
    history = fields.List(fields.Nested(LifeStep), load_default=list)
    charity = fields.Bool(load_default=False, metadata={"description": "慈善组织"})
    abnormal = fields.Bool(load_default=False, metadata={"description": "on the list 活动异常名录"})
    serious = fields.Bool(load_default=False, metadata={"description": "on the list 严重违法失信名单"})
    credit_standing = fields.Str(
        load_default=None,
        allow_none=True,
        metadata={"description": "trusted, normal, watched, untrusted; null: nothing was ever entered"},
    )


class OrganisationView(OrganisationState, DeadlineView):
    """An organisation as the API answers it."""

    owner = Area()
    similar = fields.List(
        fields.Nested(SimilarName),
        metadata={"description": "known when it was handed in, to its registry only"},
    )
    legal_representative = fields.Str(
        attribute="representative_masked", allow_none=True, metadata={"description": "by the first character"}
    )
    created_at = Moment()
    updated_at = Moment()


class HistoryStep(LifeStep):
    """A step of an organisation, or of the filing or registration that it is one with."""

    organisation = Id(required=True)
    name = fields.Str(required=True)
    track = fields.Str(required=True)


class OrganisationQuery(PageQuery):
    """Which organisations to list."""

    area = Area(load_default=None)
    track = fields.Str(load_default=None, validate=validate.OneOf(rules.TRACKS))
    status = fields.Str(load_default=None)
