"""Forms of delegations."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.schemas.common import MONEY, NAME, REASONS
from shared.fields import Area, Fen, Id, Moment, Schema
from shared.http import PageQuery

_PURPOSE = validate.Length(1, 200)


class NewDelegation(Schema):
    """A part of a fund 资金下达 for an area below. Name and purpose are the fund's where they are left out."""

    to = Area(required=True, metadata={"description": "the area that may commit it"})
    amount_fen = Fen(required=True, validate=MONEY)
    name = fields.Str(load_default=None, allow_none=True, validate=NAME)
    purpose = fields.Str(load_default=None, allow_none=True, validate=_PURPOSE)


class Recall(Schema):
    """Asking a delegated part back 收回; all of it where no amount is given."""

    amount_fen = Fen(load_default=None, allow_none=True, validate=MONEY)
    reasons = fields.Str(required=True, validate=REASONS)


class GiveBack(Schema):
    """Giving a part back unasked 交回."""

    amount_fen = Fen(required=True, validate=MONEY)


class DelegationState(Schema):
    """The state of a delegation that others may know."""

    id = Id(required=True)
    area = Area(required=True, metadata={"description": "the area that may commit it"})
    origin = Id(required=True, metadata={"description": "the fund that it is a part of"})
    fund = Id(required=True, metadata={"description": "the fund that it makes at the area below"})
    name = fields.Str(required=True)
    source = fields.Str(required=True)
    purpose = fields.Str(load_default=None, allow_none=True)
    year = fields.Int(required=True)
    amount_fen = Fen(required=True)
    asked_fen = Fen(load_default=0, metadata={"description": "back, in all, also in vain"})
    returned_fen = Fen(load_default=0, metadata={"description": "in all, asked or unasked"})
    generated = fields.Bool(load_default=False)


class DelegationView(DelegationState):
    """A delegation as the API answers it."""

    reasons = fields.Str(allow_none=True)
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class DelegationQuery(PageQuery):
    """Which delegations to list."""

    area = Area(load_default=None)
    origin = Id(load_default=None)


class SeenDelegation(Schema):
    """What the node below needs of a delegation."""

    fund = Id(required=True)
    name = fields.Str(required=True)
    source = fields.Str(required=True)
    purpose = fields.Str(load_default=None, allow_none=True)
    year = fields.Int(required=True)
    amount_fen = Fen(required=True)
    asked_fen = Fen(load_default=0)
    generated = fields.Bool(load_default=False)


class SeenPart(Schema):
    """What the node above needs of a delegated fund."""

    delegation = Id(load_default=None, allow_none=True)
    returned_fen = Fen(load_default=0)
