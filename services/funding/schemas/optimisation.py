"""Forms of optimisation."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.schemas.common import COUNT, MONEY, NAME, REASONS
from shared.fields import Fen, Moment, Schema


class OptimisationState(Schema):
    """One round of optimisation 优化; what was asked and changed stays at the node that owns the application."""

    number = fields.Int(required=True)
    status = fields.Str(required=True, metadata={"enum": ["asked", "answered", "accepted", "returned"]})
    asked_at = Moment(required=True)
    answered_at = Moment(load_default=None, allow_none=True)
    settled_at = Moment(load_default=None, allow_none=True)


class OptimisationView(OptimisationState):
    """One round of optimisation as the parties see it: each changed field as it was, and as it is in the version."""

    asked = fields.Str(allow_none=True)
    summary = fields.Str(allow_none=True)
    before = fields.Dict(keys=fields.Str(), values=fields.Raw())
    changes = fields.Dict(keys=fields.Str(), values=fields.Raw())
    remarks = fields.Str(allow_none=True)


class NewOptimisation(Schema):
    """What is asked for."""

    asked = fields.Str(required=True, validate=validate.Length(1, 5000))


class OptimisedVersion(Schema):
    """A new version: only what changes."""

    summary = fields.Str(
        required=True, validate=REASONS, metadata={"description": "what was changed, and why"}
    )
    title = fields.Str(load_default=None, allow_none=True, validate=NAME)
    plan = fields.Str(load_default=None, allow_none=True, validate=validate.Length(0, 20_000))
    amount_fen = Fen(load_default=None, allow_none=True, validate=MONEY)
    beneficiaries_direct = fields.Int(load_default=None, allow_none=True, strict=True, validate=COUNT)
    beneficiaries_indirect = fields.Int(load_default=None, allow_none=True, strict=True, validate=COUNT)


class VersionReview(Schema):
    """Whether the new version is accepted; if not, what is still asked for."""

    accepted = fields.Bool(required=True)
    remarks = fields.Str(required=True, validate=REASONS)
