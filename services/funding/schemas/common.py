"""Forms that several subjects use."""

from __future__ import annotations

from marshmallow import fields, validate

from shared import money
from shared.fields import Fen, Id, Schema

NAME = validate.Length(1, 100)
YEAR = validate.Range(2000, 2100)
COUNT = validate.Range(0, 10**8)
MONEY = validate.Range(1, money.LARGEST)
# Criteria are keys of stored mappings, where dots and dollar signs have a meaning of their own.
CRITERION = validate.Regexp(r"^[^.$\x00]{1,50}\Z")
SCORE = validate.Range(0, 100)
REASONS = validate.Length(1, 2000)


class Part(Schema):
    """Fen of one fund."""

    fund = Id(required=True)
    amount_fen = Fen(required=True)


class Reasons(Schema):
    """Why something is done."""

    reasons = fields.Str(required=True, validate=REASONS)
