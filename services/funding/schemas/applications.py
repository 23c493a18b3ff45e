"""Forms of applications."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.schemas.common import COUNT, MONEY, NAME, Part
from shared.fields import Area, Fen, Id, Moment, Schema
from shared.http import PageQuery


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
    commitments = fields.List(fields.Nested(Part), load_default=list)
    generated = fields.Bool(load_default=False)


class ApplicationView(ApplicationState):
    """An application as the API answers it."""

    plan = fields.Str()
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class ApplicationQuery(PageQuery):
    """Which applications to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)
