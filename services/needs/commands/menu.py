"""What can be done with the menu."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.needs.documents import ServiceItem
from services.needs.domain import menu as rules
from services.needs.queries import known
from services.needs.subjects import menu as subjects
from shared.acting import check_acting
from shared.arearules.settings import value
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.lifecycle import advance
from shared.store import command, load, new, save

Data = dict[str, Any]

ORGANISATION = Text("Organisation", "社会组织")


@command
def list_item(call: Call, body: Data) -> ServiceItem:
    """Put an item on the menu 列入菜单. Raises NotYetKnown for an unknown organisation."""
    item = new(call, ServiceItem, **body)
    classes = value(rules.ITEM_CLASSES, item.area, call.now)
    rules.check_class(item.item_class, classes, "item_class")
    rules.check_period(item.valid_from, item.valid_to)
    _check_acting(item.organisations)
    return save(call, item, subjects.LISTED)


@command
def offer_item(call: Call, item_id: str, organisations: list[str]) -> ServiceItem:
    """Say anew who offers an item; orders that are decided stay with their organisation."""
    item = load(call, ServiceItem, item_id)
    item.status = advance(rules.ServiceItemLife, item.status, "offer")
    _check_acting(organisations)
    item.organisations = organisations
    return save(call, item, subjects.OFFERED)


@command
def end_item(call: Call, item_id: str, valid_to: date, reasons: str) -> ServiceItem:
    """Take an item off the menu after a day. Another price is another item, so that orders keep theirs."""
    item = load(call, ServiceItem, item_id)
    item.status = advance(rules.ServiceItemLife, item.status, "end")
    rules.check_period(item.valid_from, valid_to)
    item.valid_to, item.reasons = valid_to, reasons
    return save(call, item, subjects.ENDED)


def check_acting_organisation(identifier: str, field: str = "organisation") -> None:
    """Raise unless the organisation is known here and active: NotYetKnown where it may be on its way."""
    found = known.known_organisation(identifier)
    if found is None:
        raise NotYetKnown(ORGANISATION, identifier, field)
    check_acting(found.status, found.name, field)


def _check_acting(organisations: list[str]) -> None:
    for each in organisations:
        check_acting_organisation(each, "organisations")
