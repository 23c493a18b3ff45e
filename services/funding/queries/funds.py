"""Funds and their ledger, as they can be asked for."""

from __future__ import annotations

from collections import Counter
from typing import Any

from services.funding.documents import Fund, LedgerEntry
from shared.call import Call
from shared.http.pages import Page
from shared.store.queries import get, page_for

Data = dict[str, Any]

_fund = get(Fund)


def fund(call: Call, identifier: str) -> Fund:
    found = _fund(identifier)
    call.authorise(found.area)
    return found


def funds(call: Call, query: Data) -> Any:
    return page_for(call, Fund, query, "year", "source")


def ledger(call: Call, identifier: str, query: Data) -> Page[LedgerEntry]:
    """The entries of a fund, oldest first."""
    entries = LedgerEntry.objects(fund=fund(call, identifier).id)
    if query["cursor"]:
        entries = entries.filter(id__gt=query["cursor"][0])
    found = list(entries.order_by("id").limit(query["limit"] + 1))
    return Page.of(found, query["limit"], lambda entry: [entry.id])


def trial_balance(call: Call, identifier: str) -> Data:
    """All entries of a fund added up by account, and whether they agree with the fund's own figures."""
    found = fund(call, identifier)
    accounts: Counter[str] = Counter()
    entries = list(LedgerEntry.objects(fund=found.id))
    for entry in entries:
        accounts[entry.debit] += entry.amount_fen
        accounts[entry.credit] -= entry.amount_fen
    expected = {
        "budget": -found.budget_fen,
        "available": found.budget_fen - found.committed_fen,
        "committed": found.committed_fen - found.paid_fen,
        "paid": found.paid_fen,
    }
    return {
        "fund": found.id,
        "entries": len(entries),
        "accounts": dict(accounts),
        "total": sum(accounts.values()),
        "agrees": all(accounts[name] == amount for name, amount in expected.items()),
    }
