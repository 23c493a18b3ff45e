"""Forms of closed days."""

from __future__ import annotations

from marshmallow import fields

from services.funding.schemas.funds import FundView
from shared.fields import Area, Day, Fen, Id, Moment, Schema


class NewClosing(Schema):
    """Up to which day the funds of an area are closed 日结."""

    area = Area(required=True)
    through = Day(required=True)


class ClosedView(NewClosing):
    """The funds that are closed by now."""

    funds = fields.List(fields.Nested(FundView))


class ClosingView(Schema):
    """A closed day of a fund's ledger."""

    fund = Id()
    number = fields.Int(metadata={"description": "from 1"})
    day = Day()
    entries = fields.Int()
    turnover_fen = Fen(metadata={"description": "sum of the day's entries"})
    accounts = fields.Dict(
        keys=fields.Str(), values=fields.Int(), metadata={"description": "debits minus credits at its end"}
    )
    previous = fields.Str(metadata={"description": "hash of the closing before it"})
    hash = fields.Str(metadata={"description": "SHA-256 over all of this and the day's entries"})
    created_at = Moment()


class FindingView(Schema):
    """What is wrong with closed days, at the first where it shows."""

    number = fields.Int()
    day = Day()
    detail = fields.Str()
    detail_en = fields.Str()


class VerificationView(Schema):
    """What came of computing a fund's ledger anew."""

    fund = Id()
    sound = fields.Bool(metadata={"description": "adds up, agrees with the fund, and is as it was closed"})
    entries = fields.Int()
    closings = fields.Int()
    closed_through = Day(allow_none=True)
    total = fields.Int(metadata={"description": "zero in a sound ledger"})
    agrees = fields.Bool(metadata={"description": "whether the accounts are what the fund's own figures say"})
    findings = fields.List(fields.Nested(FindingView))
