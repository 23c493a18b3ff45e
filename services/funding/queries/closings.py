"""Closed days of a fund, and whether they are as they were closed."""

from __future__ import annotations

from typing import Any

from services.funding.documents import DayClosing, Fund, LedgerEntry
from services.funding.domain import closings as domain
from services.funding.domain.funds import Posting
from services.funding.queries import funds
from shared.call import Call
from shared.http.pages import Page

Data = dict[str, Any]


def lines(fund: Fund) -> list[domain.Line]:
    """All entries of a fund, as the closings hash them."""
    return [_line(entry) for entry in LedgerEntry.objects(fund=fund.id)]


def _line(entry: LedgerEntry) -> domain.Line:
    return domain.Line(
        entry.id,
        entry.day or domain.booking_day(entry.created_at, None),
        Posting(entry.movement, entry.debit, entry.credit, entry.amount_fen),
        entry.reference,
        entry.created_at,
        entry.reverses,
        entry.reasons,
    )


def newest(fund: Fund) -> domain.Closing | None:
    found = DayClosing.objects(fund=fund.id).order_by("-number").first()
    return _closing(found) if found else None


def _closing(kept: DayClosing) -> domain.Closing:
    return domain.Closing(
        kept.fund, kept.number, kept.day, kept.entries, kept.turnover_fen, dict(kept.accounts), kept.previous,
        kept.hash,
    )  # fmt: skip


def closings(call: Call, identifier: str, query: Data) -> Page[DayClosing]:
    """The closed days of a fund, oldest first."""
    found = DayClosing.objects(fund=funds.fund(call, identifier).id)
    if query["cursor"]:
        found = found.filter(number__gt=query["cursor"][0])
    listed = list(found.order_by("number").limit(query["limit"] + 1))
    return Page.of(listed, query["limit"], lambda one: [one.number])


def verification(call: Call, identifier: str) -> Data:
    """Whether a fund's ledger adds up, agrees with the fund's figures, and is as it was closed."""
    return funds.steady(funds.fund(call, identifier).id, verified)


def verified(fund: Fund) -> Data:
    entries = lines(fund)
    kept = [_closing(one) for one in DayClosing.objects(fund=fund.id).order_by("number")]
    head = (fund.closings, fund.closing_hash or "")
    findings = domain.verify(fund.id, kept, entries, head, fund.closed_through)
    trial = funds.added_up(fund)
    return {
        "fund": fund.id,
        "sound": not findings and trial["total"] == 0 and trial["agrees"],
        "entries": len(entries),
        "closings": len(kept),
        "closed_through": fund.closed_through,
        "total": trial["total"],
        "agrees": trial["agrees"],
        "findings": [
            {"number": one.number, "day": one.day, "detail": one.detail.zh, "detail_en": one.detail.en}
            for one in findings
        ],
    }
