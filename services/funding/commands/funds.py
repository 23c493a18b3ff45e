"""Funds and their ledger. Money moves only together with the record that it moves for, in one write.

The fund's own figures are written with every entry, naming the version that was loaded: whoever was slower finds the
fund changed and looks again at what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from services.funding.documents import Fund, LedgerEntry
from services.funding.domain import closings, sharing
from services.funding.domain import funds as domain
from services.funding.subjects import funds as subjects
from shared.call import Call
from shared.errors import Conflict, NotFound, NotYetKnown, Refused, Text
from shared.events.types import EventType
from shared.ids import derived_id
from shared.store import Aggregate, command, find, load, new, record, save_all

Data = dict[str, Any]
Change = tuple[Aggregate, EventType] | LedgerEntry
Rule = Callable[[domain.Balance, int], domain.Moved]
Part = sharing.Part
Moves = Iterable[tuple[Part, str]]  # parts, each with what it is about


@command
def open_fund(call: Call, body: Data) -> Fund:
    """Set up a fund with its budget. Raises NotYetKnown for a fund to match that is not kept here."""
    values = {name: value for name, value in body.items() if name != "matches"}
    fund = new(call, Fund, **values)
    if body["matches"]:
        _check_matched(call, body["matches"]["fund"])
        fund.matches, fund.matches_percent = body["matches"]["fund"], body["matches"]["percent"]
    _, posting = domain.open_fund(fund.budget_fen)
    save_all(call, (fund, subjects.FUND_OPENED), entry(call, fund, posting, fund.id))
    return fund


def _check_matched(call: Call, identifier: str) -> None:
    """One award draws on both in one write, so one node keeps both."""
    matched = find(Fund, identifier)
    if matched is None or matched.owner != call.node.area:
        raise NotYetKnown(Text("Fund", "资金"), identifier, "matches.fund")


@command
def amend_fund(call: Call, fund_id: str, change: int, reasons: str) -> Fund:
    """Raise or lower the budget 预算调整 by `change` fen. Raises Refused below what is promised or delegated."""
    fund = load(call, Fund, fund_id)
    if fund.delegation:
        raise Refused(
            "fund-delegated",
            Text("This fund is a delegated part of another.", "该资金为上级下达的专项额度。"),
            Text("Let the area above delegate more, or give some back.", "请由上级追加下达，或交回额度。"),
            field="change_fen",
        )
    posting = _turn(fund, domain.amend, change)
    save_all(call, (fund, subjects.FUND_AMENDED), entry(call, fund, posting, fund.id, reasons=reasons))
    return fund


@command
def reverse_entry(call: Call, fund_id: str, entry_id: str, reasons: str) -> Fund:
    """Correct an entry by its opposite 冲销; the entry itself stays as it is. Raises Refused for one that belongs to
    another record, Conflict for one that is reversed already."""
    fund = load(call, Fund, fund_id)
    wrong = LedgerEntry.objects(id=entry_id, fund=fund.id).first()
    if wrong is None:
        raise NotFound(
            "no-such-entry",
            Text("The fund has no such entry.", "该资金没有此分录。"),
            Text("Look it up in the ledger.", "请在台账中核对编号。"),
            field="entry",
        )
    identifier = derived_id(wrong.id, "reversal")  # of the entry and not of the cause: it is reversed once
    if LedgerEntry.objects(id=identifier).first():
        raise Conflict(
            "reversed-already",
            Text("This entry is reversed already.", "该分录已冲销。"),
            Text("Look up the reversing entry.", "请查询冲销分录。"),
            field="entry",
        )
    after, posting = domain.reverse(balance(fund), domain.Posting(*_posted(wrong)))
    _keep(fund, after)
    made = entry(call, fund, posting, wrong.reference, reverses=wrong.id, reasons=reasons)
    made.id = identifier
    save_all(call, (fund, subjects.FUND_CORRECTED), made)
    return fund


def _posted(one: LedgerEntry) -> tuple[str, str, str, int]:
    return one.movement, one.debit, one.credit, one.amount_fen


def balance(fund: Fund) -> domain.Balance:
    return domain.Balance(
        fund.budget_fen, fund.committed_fen, fund.paid_fen, fund.ordered_fen, fund.delegated_fen
    )


def load_funds(call: Call, identifiers: Iterable[str]) -> dict[str, Fund]:
    """The funds, to be changed: whoever moves money needs a role where the fund belongs."""
    return {identifier: load(call, Fund, identifier) for identifier in identifiers}


def matches(funds: Iterable[Fund]) -> dict[str, sharing.Match]:
    """Which of the funds match others, and how far."""
    return {fund.id: sharing.Match(fund.matches, fund.matches_percent) for fund in funds if fund.matches}


def commit(call: Call, funds: Mapping[str, Fund], parts: Iterable[Part], reference: str) -> list[Change]:
    return _move(call, funds, [(part, reference) for part in parts], domain.commit, subjects.FUND_COMMITTED)


def release(call: Call, funds: Mapping[str, Fund], parts: Iterable[Part], reference: str) -> list[Change]:
    return _move(call, funds, [(part, reference) for part in parts], domain.release, subjects.FUND_RELEASED)


def pay(call: Call, funds: Mapping[str, Fund], parts: Iterable[Part], reference: str) -> list[Change]:
    """Pay at once, as where a node has no batches for the bank."""
    return _move(call, funds, [(part, reference) for part in parts], domain.pay, subjects.FUND_PAID)


def order(call: Call, funds: Mapping[str, Fund], moved: Moves) -> list[Change]:
    """Payments are ordered from the bank."""
    return _move(call, funds, moved, domain.order, subjects.FUND_ORDERED)


def settle(call: Call, funds: Mapping[str, Fund], moved: Moves) -> list[Change]:
    """The bank has paid what was ordered."""
    return _move(call, funds, moved, domain.settle, subjects.FUND_PAID)


def unorder(call: Call, funds: Mapping[str, Fund], moved: Moves) -> list[Change]:
    """Orders came back from the bank, or were taken back: committed as before."""
    return _move(call, funds, moved, domain.unorder, subjects.FUND_UNORDERED)


def claw_back(call: Call, funds: Mapping[str, Fund], parts: Iterable[Part], reference: str) -> list[Change]:
    """Money came back 追回 to the funds that had paid it, and is free again."""
    moved = [(part, reference) for part in parts]
    return _move(call, funds, moved, domain.claw_back, subjects.FUND_CLAWED_BACK)


def delegate(call: Call, fund: Fund, amount: int, delegation: str) -> list[Change]:
    return _one(call, fund, amount, delegation, domain.delegate, subjects.FUND_DELEGATED)


def take_back(call: Call, fund: Fund, amount: int, delegation: str) -> list[Change]:
    return _one(call, fund, amount, delegation, domain.take_back, subjects.FUND_TAKEN_BACK)


def give_back(call: Call, fund: Fund, amount: int) -> list[Change]:
    """A delegated fund becomes smaller. Raises Refused beyond what is free."""
    changes = _one(call, fund, amount, fund.delegation, domain.give_back, subjects.FUND_RETURNED)
    fund.returned_fen += amount
    return changes


def _one(call: Call, fund: Fund, amount: int, reference: str, rule: Rule, event: EventType) -> list[Change]:
    return _move(call, {fund.id: fund}, [(Part(fund.id, amount), reference)], rule, event)


def parts(stored: Iterable[Mapping[str, Any]]) -> list[Part]:
    return [Part(part["fund"], part["amount_fen"]) for part in stored]


def _move(
    call: Call,
    funds: Mapping[str, Fund],
    moved: Moves,
    rule: Rule,
    event: EventType,
) -> list[Change]:
    """The changes, for `save_all`, that moving these parts, each with what it is about, makes to funds and ledger:
    each fund is written once. Raises Refused."""
    changed: dict[str, Change] = {}
    entries: list[Change] = []
    for part, reference in moved:
        fund = funds[part.fund]
        posting = _turn(fund, rule, part.amount)
        changed[fund.id] = (fund, event)
        entries.append(entry(call, fund, posting, reference))
    return [*changed.values(), *entries]


def _turn(fund: Fund, rule: Rule, amount: int) -> domain.Posting:
    """Apply a movement to the fund's figures. Raises Refused."""
    after, posting = rule(balance(fund), amount)
    _keep(fund, after)
    return posting


def _keep(fund: Fund, after: domain.Balance) -> None:
    fund.budget_fen, fund.committed_fen, fund.paid_fen = after.budget, after.committed, after.paid
    fund.ordered_fen, fund.delegated_fen = after.ordered, after.delegated


def entry(
    call: Call,
    fund: Fund,
    posting: domain.Posting,
    reference: str,
    *,
    reverses: str | None = None,
    reasons: str | None = None,
) -> LedgerEntry:
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
        day=closings.booking_day(call.now, fund.closed_through),
        reverses=reverses,
        reasons=reasons,
    )
