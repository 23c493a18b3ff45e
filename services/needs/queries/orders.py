"""What can be asked of orders: by staff of their area, by each client and each organisation of their own."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from services.needs.documents import Client, Order
from services.needs.domain import orders as rules
from shared import clock
from shared.call import Call
from shared.http import Page
from shared.store import find
from shared.store.queries import below, get, page_for

Data = dict[str, Any]
_order = get(Order)
_FEN = ("total_fen", "subsidy_fen", "voucher_fen", "client_fen")


def order(call: Call, identifier: str) -> Order:
    found = _order(identifier)
    call.authorise(found.area, found.account, found.organisation)
    return _shown(call, found)


def _shown(call: Call, found: Order) -> Order:
    """The order as the caller may see it: what a client said of the service is not for who delivered it."""
    if not call.may(found.area):
        found.remark = None
    return found


def contact(call: Call, identifier: str) -> Data:
    """To whom an order is to be delivered: for staff, and for the organisation that delivers it, as long as it does.

    Raises Refused before and after.
    """
    found = _order(identifier)
    call.authorise(found.area, found.organisation)
    rules.check_to_deliver(found.status)
    client = find(Client, found.client)
    return {"id": found.id, "contact": client.whom_to_serve if client else None}


def orders(call: Call, query: Data) -> Page[Order]:
    own = ["account", "organisation"]
    found: Page[Order] = page_for(call, Order, query, "client", "organisation", "status", own=own)
    return Page([_shown(call, each) for each in found.items], found.next)


def served_before(client: str, year: int) -> bool:
    """Whether an order of the client that was delivered in that year, as China's clocks have it, is confirmed."""
    start, end = (datetime(y, 1, 1, tzinfo=clock.CHINA).astimezone(UTC) for y in (year, year + 1))
    confirmed = Order.objects(client=client, status="confirmed")
    return confirmed.filter(delivered_at__gte=start, delivered_at__lt=end).first() is not None


def figures(area: str) -> Data:
    """Counts of all orders of an area and below that this node knows of."""
    counts: Counter[str] = Counter()
    confirmers: Counter[str] = Counter()
    fen: Counter[str] = Counter()
    ratings: list[int | None] = []
    for each in below(Order, area).only("status", "confirmed_by", "calls", "rating", *_FEN):
        counts[each.status] += 1
        if each.status == "confirmed":
            confirmers[each.confirmed_by] += 1
            fen.update({name: getattr(each, name) for name in _FEN})
            if each.calls:
                ratings.append(each.rating)
    found = rules.satisfaction(len(ratings), ratings)
    return {
        "orders": dict(counts),
        "confirmed_by": dict(confirmers),
        **{name: fen[name] for name in _FEN},
        **found._asdict(),
        "satisfied_percent": found.percent,
    }
