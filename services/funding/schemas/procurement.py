"""Forms of suppliers' queries and complaints."""

from __future__ import annotations

from marshmallow import fields, validate

from services.funding.domain.procurement import GROUNDS, SUSPENSION_DAYS
from services.funding.schemas.common import REASONS
from shared.fields import Area, Id, Moment, PartOrNone, Schema
from shared.http import PageQuery

_TEXT = validate.Length(1, 5000)


class NewSupplierQuery(Schema):
    """A query 质疑 by a supplier who took part in the round."""

    organisation = Id(required=True, metadata={"description": "the supplier"})
    ground = fields.Str(required=True, validate=validate.OneOf(GROUNDS))
    application = Id(
        load_default=None,
        allow_none=True,
        metadata={"description": "the award that it is about; null: the whole round"},
    )
    text = fields.Str(required=True, validate=_TEXT)


class Reply(Schema):
    """The purchaser's reply 质疑答复. One that is upheld and touches the result drops the awards concerned."""

    upheld = fields.Bool(required=True)
    affects_result = fields.Bool(load_default=False)
    text = fields.Str(required=True, validate=_TEXT)


class Complaint(Schema):
    """A complaint 投诉 to the supervising department."""

    text = fields.Str(required=True, validate=_TEXT)


class Suspension(Schema):
    """The purchase stands still 暂停采购活动."""

    days = fields.Int(required=True, strict=True, validate=validate.Range(1, SUSPENSION_DAYS))


class ComplaintDecision(Schema):
    """The decision on a complaint 投诉处理决定. One that is upheld and touches the result drops the awards."""

    upheld = fields.Bool(required=True)
    affects_result = fields.Bool(load_default=False)
    text = fields.Str(required=True, validate=REASONS)


class SupplierQueryState(Schema):
    """The state of a query that other nodes and services may know."""

    id = Id(required=True)
    area = Area(required=True)
    round = Id(required=True)
    application = Id(load_default=None, allow_none=True)
    organisation = Id(required=True)
    ground = fields.Str(required=True)
    status = fields.Str(required=True)
    received_at = Moment(required=True)
    reply_due_at = Moment(required=True)
    complaint_until_at = Moment(required=True)
    decision_due_at = Moment(load_default=None, allow_none=True)
    suspended_until_at = Moment(load_default=None, allow_none=True)
    upheld = fields.Bool(load_default=None, allow_none=True)


class Said(Schema):
    """What was said, and when."""

    text = fields.Str()
    at = Moment()


class SupplierQueryView(SupplierQueryState):
    """A query as the parties to it see it."""

    text = fields.Str(allow_none=True)
    reply = PartOrNone(Said)
    complaint = PartOrNone(Said)
    decision = PartOrNone(Said)
    owner = Area()
    created_at = Moment()
    updated_at = Moment()


class SupplierQueryQuery(PageQuery):
    """Which queries to list."""

    area = Area(load_default=None)
    round = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None)
