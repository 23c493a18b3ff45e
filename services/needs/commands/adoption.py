"""What can be done with wishes."""

from __future__ import annotations

from typing import Any

from services.needs.commands.days import today
from services.needs.documents import Need, Wish
from services.needs.domain import adoption as rules
from services.needs.domain.days import check_not_future
from services.needs.domain.orders import check_ahead
from services.needs.queries.adoption import wish as _wish
from services.needs.subjects import adoption as subjects
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.lifecycle import advance
from shared.store import command, find, load, new, save

Data = dict[str, Any]

NEED = Text("Need", "需求")


@command
def offer_wish(call: Call, body: Data) -> Wish:
    """Offer a wish, or a need, for adoption. Raises NotYetKnown for an unknown need, Conflict for one that is offered
    already."""
    wish = new(call, Wish, **body)
    wish.live_need = wish.need
    if wish.need is not None and find(Need, wish.need) is None:
        raise NotYetKnown(NEED, wish.need, "need")
    return save(call, wish, subjects.OFFERED)


@command
def adopt_wish(call: Call, wish_id: str, body: Data) -> Wish:
    """Take a wish up 认领: for somebody by staff, or for oneself."""
    call.authorise(_wish(wish_id).area, body["account"])
    wish = load(call.cleared(), Wish, wish_id)
    wish.status = advance(rules.WishLife, wish.status, "adopt")
    rules.check_adopter(body["kind"], body["unit"])
    check_ahead(body["due_on"], today(call), "due_on")
    wish.adopter_kind, wish.adopter_unit, wish.due_on = body["kind"], body["unit"], body["due_on"]
    wish.adopter_contact, wish.adopter_account = body["contact"], body["account"]
    return save(call, wish, subjects.ADOPTED)


@command
def give_back(call: Call, wish_id: str, reasons: str) -> Wish:
    """Give a wish back 退回: somebody else may adopt it."""
    wish = load(call, Wish, wish_id, organisation_field="adopter_account")
    wish.status = advance(rules.WishLife, wish.status, "give_back")
    for name in ("adopter_kind", "adopter_unit", "adopter_contact", "adopter_account", "due_on"):
        setattr(wish, name, None)
    wish.reasons = reasons
    return save(call, wish, subjects.GIVEN_BACK)


@command
def fulfil_wish(call: Call, wish_id: str, body: Data) -> Wish:
    """Record that a wish came true 实现, and who says so."""
    wish = load(call, Wish, wish_id)
    wish.status = advance(rules.WishLife, wish.status, "fulfil")
    check_not_future(body["fulfilled_on"], today(call), "fulfilled_on")
    wish.confirmed_by, wish.fulfilled_on, wish.live_need = body["by"], body["fulfilled_on"], None
    return save(call, wish, subjects.FULFILLED)


@command
def withdraw_wish(call: Call, wish_id: str, reasons: str) -> Wish:
    """Offer a wish no longer 撤回."""
    wish = load(call, Wish, wish_id)
    wish.status = advance(rules.WishLife, wish.status, "withdraw")
    wish.reasons, wish.live_need = reasons, None
    return save(call, wish, subjects.WITHDRAWN)
