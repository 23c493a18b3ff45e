"""Funds and their ledger. Money moves only together with the record that it moves for, in one write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.funding.documents import Fund, LedgerEntry
from services.funding.domain import funds as domain
from services.funding.subjects import funds as subjects
from shared.call import Call
from shared.events.types import EventType
from shared.store import Aggregate, command, load, new, record, save_all

Data = dict[str, Any]
Change = tuple[Aggregate, EventType] | LedgerEntry
Rule = Callable[[domain.Balance, int], tuple[domain.Balance, domain.Posting]]


@command
def open_fund(call: Call, body: Data) -> Fund:
    """Set up a fund with its budget."""
    fund = new(call, Fund, **body)
    _, posting = domain.open_fund(fund.budget_fen)
    save_all(call, (fund, subjects.FUND_OPENED), _entry(call, fund, posting, fund.id))
    return fund


def balance(fund: Fund) -> domain.Balance:
    return domain.Balance(fund.budget_fen, fund.committed_fen, fund.paid_fen)


def load_funds(call: Call, identifiers: Iterable[str]) -> dict[str, Fund]:
    """The funds, to be changed: whoever moves money needs a role where the fund belongs."""
    return {identifier: load(call, Fund, identifier) for identifier in identifiers}


def commit(
    call: Call, funds: Mapping[str, Fund], parts: Iterable[domain.Part], reference: str
) -> list[Change]:
    return _move(call, funds, parts, reference, domain.commit, subjects.FUND_COMMITTED)


def release(
    call: Call, funds: Mapping[str, Fund], parts: Iterable[domain.Part], reference: str
) -> list[Change]:
    return _move(call, funds, parts, reference, domain.release, subjects.FUND_RELEASED)


def pay(call: Call, funds: Mapping[str, Fund], parts: Iterable[domain.Part], reference: str) -> list[Change]:
    return _move(call, funds, parts, reference, domain.pay, subjects.FUND_PAID)


def parts(stored: Iterable[Mapping[str, Any]]) -> list[domain.Part]:
    return [domain.Part(part["fund"], part["amount_fen"]) for part in stored]


def _move(
    call: Call,
    funds: Mapping[str, Fund],
    moved: Iterable[domain.Part],
    reference: str,
    rule: Rule,
    event: EventType,
) -> list[Change]:
    """The changes, for `save_all`, that moving these parts makes to funds and ledger. Raises Refused."""
    changes: list[Change] = []
    for part in moved:
        fund = funds[part.fund]
        after, posting = rule(balance(fund), part.amount)
        fund.committed_fen, fund.paid_fen = after.committed, after.paid
        changes += [(fund, event), _entry(call, fund, posting, reference)]
    return changes


def _entry(call: Call, fund: Fund, posting: domain.Posting, reference: str) -> LedgerEntry:
    # The id derives from the cause: whatever else fails to tell a repeat, the store does not take it twice.
    return record(
        call,
        LedgerEntry,
        f"{posting.kind}/{fund.id}/{reference}",
        fund=fund.id,
        movement=posting.kind,
        debit=posting.debit,
        credit=posting.credit,
        amount_fen=posting.amount,
        reference=reference,
    )
