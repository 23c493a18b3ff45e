"""What can be done with orders: ordered 点菜, decided 定菜, delivered 做菜, confirmed, called back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from services.needs.commands.clients import client_here, terms
from services.needs.commands.days import today
from services.needs.commands.menu import check_acting_organisation
from services.needs.commands.vouchers import Priced
from services.needs.documents import Client, Delivery, Order, ServiceItem
from services.needs.domain import clients as client_rules
from services.needs.domain import menu
from services.needs.domain import orders as rules
from services.needs.domain.vouchers import month_of
from services.needs.queries.orders import served_before
from services.needs.subjects import deliveries
from services.needs.subjects import orders as subjects
from shared import clock
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.events.types import EventType
from shared.lifecycle import advance
from shared.store import Held, command, find, load, new, save, save_all

Data = dict[str, Any]

ITEM = Text("Service item", "服务项目")


@command
def place_order(call: Call, body: Data) -> Order:
    """Order an item of the menu 点菜. It is answered who would pay what as things stand; nothing is held yet.

    Raises NotYetKnown for an unknown item.
    """
    client = client_here(call, body["client"])
    order = new(call, Order, area=client.area, beside=client, organisation=client.account, **body)
    advance(client_rules.ClientLife, client.status, "order")
    rules.check_placer(body["placed_by"], staff=call.may(client.area))
    item = _item(body["item"])
    menu.check_within(client.area, item.area, item.name)
    rules.check_ahead(body["wished_on"], today(call), "wished_on")
    _check_valid(item, body["wished_on"], "wished_on")
    order.account, order.client_class = client.account, client.client_class
    found = terms(call, client, body["wished_on"])
    order.client_kind = found.kind
    order.item_name, order.item_class = item.name, item.item_class
    order.unit, order.price_fen = item.unit, item.price_fen
    order.total_fen = item.price_fen * order.quantity
    Priced(order).estimate(found, month_of(body["wished_on"]))
    return save(call, order, subjects.PLACED)


@command
def decide_order(call: Call, order_id: str, body: Data) -> Order:
    """Decide on an order 定菜: who delivers it and when, with what the voucher pays held; or refuse it."""
    order = load(call, Order, order_id)
    if not body["approve"]:
        order.status = advance(rules.OrderLife, order.status, "refuse")
        order.reasons = body["reasons"]
        return save(call, order, subjects.REFUSED)
    order.status = advance(rules.OrderLife, order.status, "decide")
    order.decided_at = call.now
    return _arranged(call, order, body["organisation"], body["appointed_at"], subjects.DECIDED)


@command
def appoint_order(call: Call, order_id: str, body: Data) -> Order:
    """Agree on another time 改约, or on another organisation. The price is divided anew."""
    order = load(call, Order, order_id)
    order.status = advance(rules.OrderLife, order.status, "appoint")
    organisation = body["organisation"] or order.organisation
    return _arranged(call, order, organisation, body["appointed_at"], subjects.APPOINTED)


def _arranged(call: Call, order: Order, organisation: str, at: datetime, event: EventType) -> Order:
    client, day = client_here(call, order.client), _day(at)
    item = _item(order.item)
    rules.check_ahead(day, today(call), "appointed_at")
    _check_valid(item, day, "appointed_at")
    menu.check_offered(item.name, organisation, item.organisations)
    check_acting_organisation(organisation)
    order.organisation, order.appointed_at = organisation, at
    priced = Priced(order)
    priced.hold(terms(call, client, day), month_of(at))
    save_all(call, (order, event), *priced.changes)
    return order


@command
def deliver_order(call: Call, order_id: str, delivered_at: datetime) -> Order:
    """Record that an order was delivered 做菜. A voucher pays for deliveries within its month: where that is
    another month than the one agreed on, the price is divided anew."""
    order = load(call, Order, order_id, organisation_field="organisation")
    order.status = advance(rules.OrderLife, order.status, "deliver")
    rules.check_delivered(delivered_at, order.decided_at, call.now)
    order.delivered_at = delivered_at
    priced = Priced(order)
    if order.voucher_month != month_of(delivered_at) or not order.voucher_fen:
        client = client_here(call, order.client)
        priced.hold(terms(call, client, _day(delivered_at)), month_of(delivered_at))
    save_all(call, (order, subjects.DELIVERED), *priced.changes)
    return order


@command
def confirm_order(call: Call, order_id: str, body: Data) -> Order:
    """Confirm that an order was delivered, or deny it: then it is to be delivered still.

    What is confirmed is paid for by the voucher, and counted by a record of service, all in one write.
    """
    order = load(call, Order, order_id, organisation_field="account")
    rules.check_confirmer(body["by"], staff=call.may(order.area))
    order.reasons = body["reasons"]
    if not body["delivered"]:
        order.status = advance(rules.OrderLife, order.status, "deny")
        order.delivered_at = None
        return save(call, order, subjects.DENIED)
    order.status = advance(rules.OrderLife, order.status, "confirm")
    order.confirmed_by, order.confirmed_at = body["by"], call.now
    client = client_here(call, order.client)
    delivery = _counted(call, order, client)
    order.delivery = delivery.id
    priced = Priced(order)
    priced.spend()
    written = (order, subjects.CONFIRMED), (delivery, deliveries.RECORDED)
    save_all(call, *written, *priced.changes, Held(client))
    return order


def _counted(call: Call, order: Order, client: Client) -> Delivery:
    """The record of service that figures count; a client counts as reached once a year. The client is held by the
    same write, so that two orders at once do not both count them."""
    day = _day(order.delivered_at)
    delivery = new(
        call.cleared(),
        Delivery,
        area=order.area,
        beside=order,
        service=order.item_name,
        delivered_on=day,
        beneficiaries=0 if served_before(client.id, day.year) else 1,
        person_times=1,
        confirmed_by=order.confirmed_by,
        generated=order.generated,
    )
    delivery.organisation = order.organisation
    return delivery


@command
def cancel_order(call: Call, order_id: str, reasons: str) -> Order:
    """Cancel an order that is not delivered yet; what the voucher held is free again."""
    order = load(call, Order, order_id, organisation_field="account")
    order.status = advance(rules.OrderLife, order.status, "cancel")
    order.reasons = reasons
    priced = Priced(order)
    priced.release()
    save_all(call, (order, subjects.CANCELLED), *priced.changes)
    return order


@command
def call_back(call: Call, order_id: str, body: Data) -> Order:
    """Record a call-back 回访 about a confirmed order; the rating of the last that was answered counts."""
    order = load(call, Order, order_id)
    rules.check_call(order.status, body["reached"], body["rating"])
    order.calls += 1
    if body["reached"]:
        order.rating, order.remark = body["rating"], body["remark"]
    return save(call, order, subjects.CALLED_BACK)


def _item(identifier: str) -> ServiceItem:
    item = find(ServiceItem, identifier)
    if item is None:
        raise NotYetKnown(ITEM, identifier, "item")
    return item


def _check_valid(item: ServiceItem, on: date, field: str) -> None:
    menu.check_valid(item.name, item.valid_from, item.valid_to, on, field)


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.CHINA).date()
