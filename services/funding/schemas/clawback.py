"""Forms of claw-back."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.periods import PeriodForm
from services.funding.schemas.common import MONEY, Part, Reasons
from shared.fields import DayText, Fen, Moment, Schema


class RepaymentState(Schema):
    """Money that came back, with the funds that it went to."""

    amount_fen = Fen(required=True)
    received_on = DayText(required=True)
    parts = fields.List(fields.Nested(Part), load_default=list)


class ClawBackState(Schema):
    """A claw-back 追回; why it was decided stays at the node that owns the project."""

    number = fields.Int(required=True)
    status = fields.Str(required=True, metadata={"enum": ["demanded", "settled"]})
    amount_fen = Fen(required=True)
    repaid_fen = Fen(required=True)
    decided_at = Moment(required=True)
    due_at = Moment(required=True)
    parts = fields.List(fields.Nested(Part), load_default=list)
    repayments = fields.List(fields.Nested(RepaymentState), load_default=list)


class RepaymentView(RepaymentState):
    """A repayment as the parties to the project see it."""

    reference = fields.Str(allow_none=True)
    recorded_at = Moment()


class ClawBackView(ClawBackState):
    """A claw-back as the parties to the project see it."""

    reasons = fields.Str(allow_none=True)
    legal_basis = fields.Str(allow_none=True)
    repayments = fields.List(fields.Nested(RepaymentView))


class NewClawBack(Reasons):
    """A decision that paid money comes back; the area's own period where none is given."""

    amount_fen = Fen(required=True, validate=MONEY)
    legal_basis = fields.Str(required=True, validate=validate.Length(1, 500))
    period = fields.Nested(PeriodForm, load_default=None, allow_none=True)


class NewRepayment(Schema):
    """Money that came back, as the account shows it."""

    amount_fen = Fen(required=True, validate=MONEY)
    received_on = DayText(required=True)
    reference = fields.Str(
        required=True, validate=validate.Length(1, 100), metadata={"description": "of the bank's statement"}
    )
