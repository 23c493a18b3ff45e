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
from shared.store.queries import get, page_for

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
    """Counts of all orders of an area and below that this node knows of, counted by the store."""
    orders, inside = Order._get_collection(), {"area": {"$gte": area, "$lt": area + ":"}}
    sums = {name: {"$sum": f"${name}"} for name in _FEN}
    by = {"status": "$status", "by": "$confirmed_by"}
    several = list(orders.aggregate([{"$match": inside}, {"$group": {"_id": by, "n": {"$sum": 1}} | sums}]))
    confirmed = [one for one in several if one["_id"]["status"] == "confirmed"]
    counts: Counter[str] = Counter()
    for one in several:
        counts[one["_id"]["status"]] += one["n"]
    called = inside | {"status": "confirmed", "calls": {"$gt": 0}}
    rated = orders.aggregate([{"$match": called}, {"$group": {"_id": "$rating", "n": {"$sum": 1}}}])
    ratings: Counter[int | None] = Counter({one["_id"]: one["n"] for one in rated})
    found = rules.satisfaction(ratings.total(), ratings.elements())
    return {
        "orders": dict(counts),
        "confirmed_by": {one["_id"]["by"]: one["n"] for one in confirmed},
        **{name: sum(one[name] for one in confirmed) for name in _FEN},
        **found._asdict(),
        "satisfied_percent": found.percent,
    }
