"""Periods as rules give them: so many days, working days or months."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, get_args

from marshmallow import fields, post_load, validate

from shared import workdays
from shared.arearules import AreaRule
from shared.errors import Text
from shared.fields import Schema
from shared.workdays import Deadline, Unit


class Period(NamedTuple):
    """`amount` of the `unit` that the rule itself speaks of."""

    amount: int
    unit: Unit

    def after(self, start: datetime) -> Deadline:
        """Its last moment, counted from the day after `start` (aware)."""
        return workdays.deadline(start, self.amount, self.unit)


class PeriodForm(Schema):
    """A period as areas and orders give it."""

    amount = fields.Int(required=True, strict=True, validate=validate.Range(1, 366))
    unit = fields.Str(required=True, validate=validate.OneOf(get_args(Unit)))

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Period:
        return Period(**data)


def period(name: str, default: Period, source: str, about: Text) -> AreaRule[Period]:
    """A period that areas may set."""
    return AreaRule(name, fields.Nested(PeriodForm), default, source, about)
