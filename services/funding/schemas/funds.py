"""Forms of funds and their ledger."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.funds import ACCOUNTS, MOVEMENTS, SOURCES
from services.funding.schemas.common import MONEY, NAME, REASONS, YEAR
from shared import money
from shared.fields import Area, Day, Fen, Id, Moment, Schema
from shared.http import PageQuery


class Matches(Schema):
    """The fund that another matches 配套, and of each award how many per cent of what that one bears, at most."""

    fund = Id(required=True)
    percent = fields.Int(required=True, strict=True, validate=validate.Range(1, 1000))


class NewFund(Schema):
    """A fund 资金 of one source and year."""

    area = Area(required=True)
    name = fields.Str(required=True, validate=NAME)
    source = fields.Str(required=True, validate=validate.OneOf(SOURCES))
    purpose = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    year = fields.Int(required=True, strict=True, validate=YEAR)
    budget_fen = Fen(required=True, validate=MONEY)
    matches = fields.Nested(Matches, load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class Amendment(Schema):
    """A change of a fund's budget 预算调整."""

    change_fen = fields.Int(
        required=True,
        strict=True,
        validate=[validate.Range(-money.LARGEST, money.LARGEST), validate.NoneOf([0])],
        metadata={"description": "fen to add, or to take off where it is negative"},
    )
    reasons = fields.Str(required=True, validate=REASONS)


class Reversal(Schema):
    """A correction 冲销: which entry, and why."""

    entry = Id(required=True)
    reasons = fields.Str(required=True, validate=REASONS)


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
    ordered_fen = Fen(load_default=0, metadata={"description": "ordered from the bank, not answered yet"})
    delegated_fen = Fen(load_default=0, metadata={"description": "given to areas below"})
    matches = Id(load_default=None, allow_none=True, metadata={"description": "the fund that it matches"})
    matches_percent = fields.Int(load_default=None, allow_none=True)
    delegation = Id(
        load_default=None, allow_none=True, metadata={"description": "whose part it is, of a fund above"}
    )
    asked_fen = Fen(load_default=0, metadata={"description": "of a delegated part: asked back, in all"})
    returned_fen = Fen(load_default=0, metadata={"description": "of a delegated part: given back, in all"})
    closed_through = Day(load_default=None, allow_none=True, metadata={"description": "the last closed day"})
    closings = fields.Int(load_default=0)
    closing_hash = fields.Str(
        load_default=None, allow_none=True, metadata={"description": "of the newest closing"}
    )
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
    movement = fields.Str(metadata={"enum": list(MOVEMENTS)})
    debit = fields.Str(metadata={"enum": list(ACCOUNTS)})
    credit = fields.Str(metadata={"enum": list(ACCOUNTS)})
    amount_fen = Fen()
    reference = Id(
        metadata={"description": "the fund, application, project, order or delegation that it is about"}
    )
    day = Day(allow_none=True, metadata={"description": "that it stands on, in China's time"})
    reverses = Id(allow_none=True, metadata={"description": "the entry that it corrects"})
    reasons = fields.Str(allow_none=True)
    created_at = Moment()


class TrialBalance(Schema):
    """The ledger of a fund, added up 试算平衡: debits minus credits of each account, and over all of them."""

    fund = Id()
    entries = fields.Int()
    accounts = fields.Dict(keys=fields.Str(), values=fields.Int())
    total = fields.Int(metadata={"description": "zero in a sound ledger"})
    agrees = fields.Bool(metadata={"description": "whether the accounts are what the fund's own figures say"})
