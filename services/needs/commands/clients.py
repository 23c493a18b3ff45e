"""What can be done with clients."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.needs.documents import Client
from services.needs.domain import clients as rules
from services.needs.domain import menu
from services.needs.subjects import clients as subjects
from shared.arearules.settings import value
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, load, new, save
from shared.store.aggregate import elsewhere
from shared.store.queries import get

Data = dict[str, Any]

NOBODY_PAYS = menu.ClientClass("未在资格期内", "self_paying", 0, 0)  # outside of the days of a class's rights
_client = get(Client)


@command
def register_client(call: Call, body: Data) -> Client:
    """Register a resident as a client 登记服务对象."""
    client = new(call, Client, **body)
    _check_standing(call, client.area, body)
    return save(call, client, subjects.REGISTERED)


@command
def reclassify_client(call: Call, client_id: str, body: Data) -> Client:
    """Put a client into another class, or give its rights other days. What is issued or decided stays."""
    client = load(call, Client, client_id)
    client.status = advance(rules.ClientLife, client.status, "reclassify")
    _check_standing(call, client.area, body)
    for name in ("client_class", "entitled_from", "entitled_until", "reasons"):
        setattr(client, name, body[name])
    return save(call, client, subjects.RECLASSIFIED)


@command
def end_client(call: Call, client_id: str, reasons: str) -> Client:
    """Close a client's file 注销: nothing is ordered or issued any more."""
    client = load(call, Client, client_id)
    client.status = advance(rules.ClientLife, client.status, "end")
    client.reasons = reasons
    return save(call, client, subjects.ENDED)


def client_here(call: Call, identifier: str) -> Client:
    """The client that something is written beside. Raises NotFound, Misdirected where another node owns it."""
    found = _client(identifier)
    if found.owner != call.node.area:
        raise elsewhere(call, found)
    return found


def terms(call: Call, client: Client, on: date) -> menu.ClientClass:
    """What a client of this class pays and gets on a day; outside of the days of its rights they pay all."""
    if not rules.entitled(client.entitled_from, client.entitled_until, on):
        return NOBODY_PAYS
    return value(menu.CLIENT_CLASSES, client.area, on).get(client.client_class, NOBODY_PAYS)


def _check_standing(call: Call, area: str, body: Data) -> None:
    classes = value(menu.CLIENT_CLASSES, area, call.now)
    menu.check_class(body["client_class"], classes, "client_class")
    if body["entitled_from"] is not None:
        menu.check_period(body["entitled_from"], body["entitled_until"], "entitled_until")
