"""Forms of payees, payment orders and payment batches."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.payments import MOST_LINES, BatchLife, OrderLife
from services.funding.schemas.common import Part
from shared.fields import Area, Fen, Id, Moment, Schema
from shared.http import PageQuery
from shared.lifecycle import table

_ORDER = validate.OneOf(list(table(OrderLife)))
_BATCH = validate.OneOf(list(table(BatchLife)))


class NewPayee(Schema):
    """The account 收款账户 to which an area pays an organisation."""

    area = Area(required=True, metadata={"description": "the area that pays"})
    organisation = Id(required=True)
    holder = fields.Str(
        required=True, validate=validate.Length(1, 100), metadata={"description": "户名, as the bank has it"}
    )
    bank = fields.Str(required=True, validate=validate.Length(1, 100), metadata={"description": "开户行"})
    bank_code = fields.Str(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^[0-9]{12}\Z"),
        metadata={"description": "联行号, 12 digits"},
    )  # fmt: skip
    account = fields.Str(
        required=True, validate=validate.Regexp(r"^[0-9]{8,32}\Z"),
        metadata={"description": "账号, digits only", "examples": ["6222020200112233445"]},
    )  # fmt: skip
    generated = fields.Bool(load_default=False)


class PayeeState(Schema):
    """What is told of a payee: whose account it is."""

    id = Id(required=True)
    area = Area(required=True)
    organisation = Id(required=True)
    generated = fields.Bool(load_default=False)


class PayeeView(PayeeState):
    """A payee as those see it who pay."""

    holder = fields.Str(allow_none=True, metadata={"description": "null, as the next two, once erased"})
    bank = fields.Str(allow_none=True)
    bank_code = fields.Str(allow_none=True)
    account = fields.Str(allow_none=True)
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class PayeeQuery(PageQuery):
    """Whose accounts to list."""

    area = Area(load_default=None)
    organisation = Id(load_default=None)


class OrderState(Schema):
    """The state of a payment order that others may know."""

    id = Id(required=True)
    area = Area(required=True, metadata={"description": "the area that pays"})
    project = Id(required=True)
    round = Id(required=True)
    tranche = fields.Int(required=True, metadata={"description": "its number, from 1"})
    organisation = Id(required=True, metadata={"description": "that is paid"})
    title = fields.Str(required=True)
    amount_fen = Fen(required=True)
    parts = fields.List(fields.Nested(Part), load_default=list)
    status = fields.Str(required=True, validate=_ORDER)
    batch = Id(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class OrderView(OrderState):
    """A payment order as the API answers it."""

    reasons = fields.Str(allow_none=True, metadata={"description": "why it came back"})
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class OrderQuery(PageQuery):
    """Which payment orders to list."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None, validate=_ORDER)
    project = Id(load_default=None)


class NewBatch(Schema):
    """Which orders of an area to gather; all that are due where none is named, the oldest first."""

    area = Area(required=True)
    orders = fields.List(Id(), load_default=None, allow_none=True, validate=validate.Length(1, MOST_LINES))


class Export(Schema):
    """In which form the bank takes the file."""

    format = fields.Str(load_default="xlsx", validate=validate.OneOf(["xlsx", "csv"]))


class BatchState(Schema):
    """The state of a payment batch that others may know."""

    id = Id(required=True)
    area = Area(required=True)
    total_fen = Fen(required=True)
    count = fields.Int(required=True, metadata={"description": "of its lines"})
    status = fields.Str(required=True, validate=_BATCH)
    sha256 = fields.Str(load_default=None, allow_none=True, metadata={"description": "of the file"})
    exported_at = Moment(load_default=None, allow_none=True)
    generated = fields.Bool(load_default=False)


class LineView(Schema):
    """A line of a batch with the account that it goes to."""

    reference = fields.Str(metadata={"description": "业务参考号: names the line in the file and the answer"})
    order = Id()
    organisation = Id()
    title = fields.Str()
    amount_fen = Fen()
    holder = fields.Str()
    account = fields.Str()
    bank = fields.Str()
    bank_code = fields.Str(allow_none=True)
    outcome = fields.Str(allow_none=True, metadata={"description": "paid, returned; null: not answered"})
    reasons = fields.Str(allow_none=True)


class AnsweredRow(Schema):
    """What became of a row of the bank's answer."""

    row = fields.Int()
    reference = fields.Str()
    what = fields.Str(
        metadata={
            "enum": [
                "paid", "returned", "repeated", "unknown", "contradiction", "amount_differs", "reason_missing",
            ],
            "description": "only the first two changed anything",
        }
    )  # fmt: skip


class AnswerView(Schema):
    """An answer of the bank, row by row."""

    name = fields.Str()
    sha256 = fields.Str()
    received_at = Moment()
    rows = fields.List(fields.Nested(AnsweredRow))


class BatchView(BatchState):
    """A payment batch as those see it who pay."""

    lines = fields.List(fields.Nested(LineView), attribute="payments")
    prepared_by = fields.Str()
    approved_by = fields.Str(allow_none=True)
    approved_at = Moment(allow_none=True)
    reasons = fields.Str(allow_none=True)
    format = fields.Str(allow_none=True)
    answers = fields.List(fields.Nested(AnswerView))
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class BatchQuery(PageQuery):
    """Which payment batches to list."""

    area = Area(load_default=None)
    status = fields.Str(load_default=None, validate=_BATCH)
