"""Counts of funding."""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds as funds_commands
from services.funding.documents import Application, Fund, Project, Round
from services.funding.domain import sharing, tranches
from shared import areas
from shared.store.queries import below

Data = dict[str, Any]

FUNDED = ("awarded", "contracted")


def figures(query: Data) -> dict[str, int]:
    """Counts of an area and below, of one year, round or source of funds where the query names one.

    With a source, rounds and applications are those whose round draws on such a fund, and amounts are the parts
    that such funds bear.
    """
    area = query["area"]
    meant = {f.id for f in Fund.objects.only("id", "source") if query["source"] in (None, f.source)}
    every = [
        r for r in Round.objects.only("id", "area", "year", "funds", "status") if _asked(r, query, meant)
    ]
    by_id = {r.id: r for r in every}
    counted = [a for a in below(Application, area) if a.round in by_id]
    funded = [a for a in counted if a.status in FUNDED]
    contracted = [p for p in below(Project, area) if p.round in by_id]
    awarded = sum(_borne(funds_commands.parts(a.commitments), meant) for a in funded)
    paid = sum(_of_tranches(p, meant, paid=True) for p in contracted)
    waiting = sum(_borne(funds_commands.parts(a.commitments), meant) for a in funded if a.status == "awarded")
    promised = waiting + sum(_borne(funds_commands.parts(p.sources), meant) for p in contracted)
    freed = sum(_of_tranches(p, meant, paid=False) for p in contracted if p.status == "stopped")
    return {
        "fund_budget_fen": _budget(query, by_id),
        "rounds": sum(r.status != "draft" and areas.contains(area, r.area) for r in every),
        "applications": len(counted),
        "screened": sum(a.screened_at is not None for a in counted),
        "funded": len(funded),
        "awarded_fen": awarded,
        "committed_fen": promised - freed,
        "paid_fen": paid,
        "repaid_fen": sum(_repaid(p, meant) for p in contracted),
        "spent_fen": sum(p.spent_fen for p in contracted),
        "projects": len(contracted),
        "beneficiaries_direct": sum(a.beneficiaries_direct for a in funded),
        "beneficiaries_indirect": sum(a.beneficiaries_indirect for a in funded),
        "reached_direct": sum(p.reached_direct for p in contracted),
        "reached_indirect": sum(p.reached_indirect for p in contracted),
        "person_times": sum(p.person_times for p in contracted),
    }


def _asked(found: Round, query: Data, funds_meant: set[str]) -> bool:
    return (
        query["year"] in (None, found.year)
        and query["round"] in (None, found.id)
        and (query["source"] is None or not funds_meant.isdisjoint(found.funds))
    )


def _budget(query: Data, rounds_asked: dict[str, Round]) -> int:
    """Budgets of the area's funds; of one round's where the query names it. What was delegated counts where it may be
    committed, and so once."""
    chosen = below(Fund, query["area"])
    if query["year"] is not None:
        chosen = chosen.filter(year=query["year"])
    if query["source"] is not None:
        chosen = chosen.filter(source=query["source"])
    if query["round"] is not None:
        chosen = chosen.filter(id__in=[f for r in rounds_asked.values() for f in r.funds])
    return sum(f.budget_fen - f.delegated_fen for f in chosen.only("budget_fen", "delegated_fen"))


def _borne(parts: list[sharing.Part], funds_meant: set[str]) -> int:
    return sum(part.amount for part in parts if part.fund in funds_meant)


def _of_tranches(found: Project, funds_meant: set[str], *, paid: bool) -> int:
    """Fen of a project's tranches that are paid, or that are not, borne by these funds."""
    sources = funds_commands.parts(found.sources)
    borne = tranches.borne(sources, found.tranches)
    return sum(
        _borne(parts, funds_meant)
        for parts, tranche in zip(borne, found.tranches, strict=True)
        if (tranche["status"] == "paid") is paid
    )


def _repaid(found: Project, funds_meant: set[str]) -> int:
    """Fen that came back from a project to these funds."""
    repayments = [one for demand in found.claw_backs for one in demand["repayments"]]
    return sum(_borne(funds_commands.parts(one["parts"]), funds_meant) for one in repayments)
