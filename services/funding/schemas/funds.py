"""Forms of funds and their ledger."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.funds import SOURCES
from services.funding.schemas.common import MONEY, NAME, YEAR
from shared.fields import Area, Fen, Id, Moment, Schema
from shared.http import PageQuery


class NewFund(Schema):
    """A fund 资金 of one source and year."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    source = fields.Str(required=True, validate=validate.OneOf(SOURCES))
    purpose = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    year = fields.Int(required=True, strict=True, validate=YEAR)
    budget_fen = Fen(required=True, validate=MONEY)
    generated = fields.Bool(load_default=False)


class FundState(Schema):
    """The state of a fund that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    name = fields.Str(required=True)
    source = fields.Str(required=True)
    purpose = fields.Str(load_default=None, allow_none=True)
    year = fields.Int(required=True)
    budget_fen = Fen(required=True)
    committed_fen = Fen(required=True)
    paid_fen = Fen(required=True)
    generated = fields.Bool(load_default=False)


class FundView(FundState):
    """A fund as the API answers it."""

    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class FundQuery(PageQuery):
    """Which funds to list."""

    area = Area(load_default=None)
    year = fields.Int(load_default=None)
    source = fields.Str(load_default=None, validate=validate.OneOf(SOURCES))


class EntryView(Schema):
    """One line of the ledger 台账."""

    id = Id()
    fund = Id()
    movement = fields.Str(metadata={"enum": ["budget", "commitment", "release", "payment"]})
    debit = fields.Str()
    credit = fields.Str()
    amount_fen = Fen()
    reference = Id(metadata={"description": "the fund, application or project that it is about"})
    created_at = Moment()


class TrialBalance(Schema):
    """The ledger of a fund, added up 试算平衡: debits minus credits of each account, and over all of them."""

    fund = Id()
    entries = fields.Int()
    accounts = fields.Dict(keys=fields.Str(), values=fields.Int())
    total = fields.Int(metadata={"description": "zero in a sound ledger"})
    agrees = fields.Bool(metadata={"description": "whether the accounts are what the fund's own figures say"})
