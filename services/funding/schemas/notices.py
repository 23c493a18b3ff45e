"""Forms of the public notice and objections."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.schemas.common import REASONS
from shared.fields import Id, Moment, Schema


class NewObjection(Schema):
    """An objection 异议 during public notice."""

    text = fields.Str(required=True, validate=validate.Length(1, 5000))


class Receipt(Schema):
    """What whoever objects keeps 回执."""

    id = Id()
    application = Id()
    received_at = Moment()


class Answered(Receipt):
    """What became of an objection, as whoever holds the receipt sees it."""

    upheld = fields.Bool(allow_none=True, metadata={"description": "null while it is open"})
    reasons = fields.Str(allow_none=True)
    settled_at = Moment(allow_none=True)


class ObjectionView(Answered):
    """An objection as those see it who settle it."""

    text = fields.Str()


class Settlement(Schema):
    """What became of an objection: upheld 成立 drops the application."""

    upheld = fields.Bool(required=True)
    reasons = fields.Str(required=True, validate=REASONS)
