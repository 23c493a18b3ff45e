"""Forms of orders."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate, validates_schema

from services.needs.domain import deliveries
from services.needs.domain import orders as rules
from services.needs.schemas.clients import ClientContact
from services.needs.schemas.common import foreseeable
from services.needs.schemas.menu import REASONS
from shared.errors import Text
from shared.fields import Area, Day, Id, Moment, Schema, wrong
from shared.http import PageQuery
from shared.lifecycle import table

_STATUS = validate.OneOf(list(table(rules.OrderLife)))


class NewOrder(Schema):
    """What a client orders 点菜; the area is the client's."""

    client = Id(required=True)
    item = Id(required=True)
    quantity = fields.Int(load_default=1, strict=True, validate=validate.Range(1, 1000))
    wished_on = Day(required=True)
    placed_by = fields.Str(load_default="client", validate=validate.OneOf(rules.PLACERS))
    generated = fields.Bool(load_default=False)


class OrderDecision(Schema):
    """What government decides 定菜: with `approve`, who delivers and when; else why not."""

    approve = fields.Bool(required=True)
    organisation = Id(load_default=None, allow_none=True)
    appointed_at = Moment(load_default=None, allow_none=True, validate=foreseeable)
    reasons = fields.Str(load_default=None, allow_none=True, validate=REASONS)

    @validates_schema(skip_on_field_errors=True)
    def check(self, data: dict[str, Any], **_: Any) -> None:
        for name in ("organisation", "appointed_at") if data["approve"] else ("reasons",):
            if data[name] is None:
                raise wrong(
                    Text("This decision needs it.", "该决定须填写此项。"),
                    Text(
                        "Give organisation and appointed_at to approve, reasons to refuse.",
                        "准予时填写服务组织和预约时间，不予安排时说明理由。",
                    ),
                    name,
                )


class Appointment(Schema):
    """When an order is delivered, and by whom where that changes."""

    appointed_at = Moment(required=True, validate=foreseeable)
    organisation = Id(load_default=None, allow_none=True)


class OrderDelivery(Schema):
    """That it was delivered 做菜."""

    delivered_at = Moment(required=True, validate=foreseeable)


class Confirmation(Schema):
    """Who says whether it was delivered."""

    by = fields.Str(required=True, validate=validate.OneOf(deliveries.CONFIRMERS))
    delivered = fields.Bool(load_default=True)
    reasons = fields.Str(load_default=None, allow_none=True, validate=REASONS)


class Cancellation(Schema):
    """Why an order is cancelled."""

    reasons = fields.Str(required=True, validate=REASONS)


class OrderCallBack(Schema):
    """What a call-back 回访 told."""

    reached = fields.Bool(required=True)
    rating = fields.Int(
        load_default=None, allow_none=True, strict=True, validate=validate.OneOf(rules.RATINGS)
    )
    remark = fields.Str(load_default=None, allow_none=True, validate=validate.Length(1, 1000))


class Why(Schema):
    """A sentence in both languages."""

    en = fields.Str()
    zh = fields.Str()


class ShareView(Schema):
    """What one payer pays, and why."""

    payer = fields.Str()
    fen = fields.Int()
    why = fields.Nested(Why)


class OrderState(Schema):
    """An order as others may know it: nothing of whose it is."""

    id = Id(required=True)
    area = Area(required=True)
    item = Id(required=True)
    item_name = fields.Str(required=True)
    item_class = fields.Str(required=True)
    unit = fields.Str(required=True)
    quantity = fields.Int(required=True)
    price_fen = fields.Int(required=True)
    total_fen = fields.Int(required=True)
    client_kind = fields.Str(required=True)
    placed_by = fields.Str(required=True)
    status = fields.Str(required=True)
    subsidy_fen = fields.Int(load_default=0)
    voucher_fen = fields.Int(load_default=0)
    client_fen = fields.Int(load_default=0)
    organisation = Id(load_default=None, allow_none=True)
    confirmed_by = fields.Str(load_default=None, allow_none=True)
    delivered_at = Moment(load_default=None, allow_none=True)
    calls = fields.Int(load_default=0)
    rating = fields.Int(load_default=None, allow_none=True)
    delivery = Id(load_default=None, allow_none=True, metadata={"description": "the record of service"})
    generated = fields.Bool(load_default=False)


class OrderView(OrderState):
    """An order as the API answers it to those who have to do with it."""

    owner = Area()
    client = Id(allow_none=True)
    wished_on = Day(allow_none=True)
    appointed_at = Moment(allow_none=True)
    decided_at = Moment(allow_none=True)
    confirmed_at = Moment(allow_none=True)
    shares = fields.List(fields.Nested(ShareView))
    voucher = Id(allow_none=True)
    remark = fields.Str(allow_none=True, metadata={"description": "of a call-back; to staff only"})
    reasons = fields.Str(allow_none=True)


class OrderContact(Schema):
    """Where an order is to be delivered, and to whom."""

    id = Id()
    contact = fields.Nested(ClientContact, allow_none=True)


class OrderQuery(PageQuery):
    """Which orders to list."""

    area = Area(load_default=None)
    client = Id(load_default=None)
    organisation = Id(load_default=None)
    status = fields.Str(load_default=None, validate=_STATUS)


class OrderFiguresQuery(Schema):
    """Whose figures."""

    area = Area(required=True)


class OrderFigures(Schema):
    """Counts of the orders of an area and below."""

    orders = fields.Dict(keys=fields.Str(), values=fields.Int(), metadata={"description": "by status"})
    confirmed_by = fields.Dict(keys=fields.Str(), values=fields.Int())
    total_fen = fields.Int(metadata={"description": "of confirmed orders"})
    subsidy_fen = fields.Int()
    voucher_fen = fields.Int()
    client_fen = fields.Int()
    called = fields.Int(metadata={"description": "confirmed orders that were called back"})
    reached = fields.Int()
    satisfied = fields.Int(metadata={"description": "of those reached, rated 4 or 5"})
    satisfied_percent = fields.Int(allow_none=True, metadata={"description": "rounded down"})
