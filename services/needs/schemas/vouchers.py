"""Forms of vouchers and of their runs."""

from __future__ import annotations

from marshmallow import fields, validate

from services.needs.domain import vouchers as rules
from shared.fields import Area, Id, Moment, Schema
from shared.http import PageQuery
from shared.lifecycle import table

MONTH = validate.Regexp(r"^[12][0-9]{3}-(0[1-9]|1[0-2])\Z", error="a month like 2025-06")


class VoucherState(Schema):
    """What became of a voucher; it stays at its node."""

    id = Id(required=True)
    area = Area(required=True)
    client = Id(required=True)
    month = fields.Str(required=True)
    amount_fen = fields.Int(required=True)
    held_fen = fields.Int(load_default=0, metadata={"description": "for orders that are decided"})
    spent_fen = fields.Int(load_default=0)
    lapsed_fen = fields.Int(load_default=0)
    status = fields.Str(required=True)


class VoucherView(VoucherState):
    """A voucher as the API answers it."""

    owner = Area()
    left_fen = fields.Int(metadata={"description": "amount less held, spent and lapsed"})


class VoucherQuery(PageQuery):
    """Which vouchers to list."""

    area = Area(load_default=None)
    client = Id(load_default=None)
    month = fields.Str(load_default=None, validate=MONTH)
    status = fields.Str(load_default=None, validate=validate.OneOf(list(table(rules.VoucherLife))))


class NewVoucherRun(Schema):
    """Issue or lapse of the vouchers of a month for all clients of an area."""

    kind = fields.Str(required=True, validate=validate.OneOf(rules.RUN_KINDS))
    area = Area(required=True)
    month = fields.Str(required=True, validate=MONTH, metadata={"examples": ["2025-06"]})


class RunFailure(Schema):
    """A record that could not be worked on."""

    id = Id()
    code = fields.Str()


class VoucherRunState(Schema):
    """How far a run has come. It names no client but in `failures`, which stay at the node."""

    id = Id(required=True)
    area = Area(required=True)
    kind = fields.Str(required=True)
    month = fields.Str(required=True)
    status = fields.Str(required=True)
    total = fields.Int(load_default=0, metadata={"description": "records when it began"})
    done = fields.Int(load_default=0)
    fen = fields.Int(load_default=0, metadata={"description": "fen 分 that it issued, or that lapsed"})
    outcomes = fields.Dict(keys=fields.Str(), values=fields.Int(), load_default=dict)
    as_of = Moment(required=True, metadata={"description": "the moment that everything in it is dated to"})
    finished_at = Moment(load_default=None, allow_none=True)


class VoucherRunView(VoucherRunState):
    """A run as the API answers it."""

    owner = Area()
    failures = fields.List(fields.Nested(RunFailure))


class VoucherRunQuery(PageQuery):
    """Which runs to list."""

    area = Area(load_default=None)
    kind = fields.Str(load_default=None, validate=validate.OneOf(rules.RUN_KINDS))
    month = fields.Str(load_default=None, validate=MONTH)
