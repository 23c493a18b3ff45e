"""Funds and their ledger, as they can be asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from services.funding.commands.funds import balance
from services.funding.documents import Delegation, Fund, LedgerEntry
from shared.call import Call
from shared.http.pages import Page
from shared.store.queries import get, page_for

Data = dict[str, Any]
T = TypeVar("T")
LOOKS = 10  # at a fund that is being written to

_fund = get(Fund)
_delegation = get(Delegation)


def fund(call: Call, identifier: str) -> Fund:
    found = _fund(identifier)
    call.authorise(found.area)
    return found


def funds(call: Call, query: Data) -> Any:
    return page_for(call, Fund, query, "year", "source")


def delegations(call: Call, query: Data) -> Any:
    return page_for(call, Delegation, query, "origin")


def delegation(call: Call, identifier: str) -> Delegation:
    """Raises NotFound, and Forbidden to whoever has no role where it was given."""
    found = _delegation(identifier)
    call.authorise(found.area)
    return found


def ledger(call: Call, identifier: str, query: Data) -> Page[LedgerEntry]:
    """The entries of a fund, oldest first."""
    entries = LedgerEntry.objects(fund=fund(call, identifier).id)
    if query["cursor"]:
        entries = entries.filter(id__gt=query["cursor"][0])
    found = list(entries.order_by("id").limit(query["limit"] + 1))
    return Page.of(found, query["limit"], lambda entry: [entry.id])


def trial_balance(call: Call, identifier: str) -> Data:
    """All entries of a fund added up by account, and whether they agree with the fund's own figures."""
    return steady(fund(call, identifier).id, added_up)


def steady(identifier: str, look: Callable[[Fund], T]) -> T:
    """What `look` finds of a fund and its entries while nobody writes to them; the last that it found where somebody
    always does."""
    for _ in range(LOOKS):
        found = _fund(identifier)
        seen = look(found)
        if Fund._get_collection().find_one({"_id": identifier}, {"version": 1})["version"] == found.version:
            break
    return seen


def added_up(found: Fund) -> Data:
    accounts: Counter[str] = Counter()
    entries = list(LedgerEntry.objects(fund=found.id))
    for entry in entries:
        accounts[entry.debit] += entry.amount_fen
        accounts[entry.credit] -= entry.amount_fen
    expected = balance(found).accounts
    return {
        "fund": found.id,
        "entries": len(entries),
        "accounts": dict(accounts),
        "total": sum(accounts.values()),
        "agrees": all(accounts[name] == amount for name, amount in expected.items()),
    }
