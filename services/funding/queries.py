"""What can be asked of funding: records owned here and copies of those owned by other nodes."""

from __future__ import annotations

from collections import Counter
from typing import Any, TypeVar

from services.funding import domain
from services.funding.commands import funds as funds_commands
from services.funding.commands import known
from services.funding.documents import Application, Fund, LedgerEntry, Project, Round
from shared import areas, permissions
from shared.call import Call
from shared.http.pages import Page
from shared.store.queries import below, get, page, page_for, unknown

Data = dict[str, Any]

_fund = get(Fund)
round_ = get(Round)
application = get(Application)
project = get(Project)

DRAFT = permissions.TABLE.rule("funding", "round.draft")  # who sees a round before it is opened
FUNDED = ("awarded", "contracted")


def fund(call: Call, identifier: str) -> Fund:
    found = _fund(identifier)
    call.authorise(found.area)
    return found


def funds(call: Call, query: Data) -> Any:
    return page_for(call, Fund, query, "year", "source")


def rounds(call: Call, query: Data) -> Any:
    """Drafts are shown to those only who plan rounds where the list is asked for."""
    drafts = {} if DRAFT.admits(call.actor, [query["area"] or call.node.area]) else {"status__ne": "draft"}
    return page(Round, query, "year", "kind", "status", **drafts)


def round_for(call: Call, identifier: str) -> Round:
    """Raises NotFound, also to those for whom there is no such round yet."""
    found = round_(identifier)
    if found.status == "draft" and not DRAFT.admits(call.actor, [found.area]):
        raise unknown(Round, identifier)
    return found


def applications(call: Call, query: Data) -> Any:
    return _listed(call, Application, query)


def projects(call: Call, query: Data) -> Any:
    return _listed(call, Project, query)


def _listed(call: Call, kind: type[Application] | type[Project], query: Data) -> Any:
    """Officers see the records of the organisation that they act for, its own and those that it is host of, of
    whatever area; others those of the areas where they have a role."""
    filters, own = ("round", "organisation", "status"), call.actor.organisation
    if known.officer_of(call, own):
        return page(kind, query, *filters, __raw__={"$or": [{"organisation": own}, {"host": own}]})
    return page_for(call, kind, query, *filters, own=["organisation", "host"])


def application_for(call: Call, identifier: str) -> Application:
    """Raises NotFound, and Forbidden to whoever acts for another organisation or has no role there."""
    return _visible(call, application(identifier))


def project_for(call: Call, identifier: str) -> Project:
    """Raises NotFound, and Forbidden to whoever acts for another organisation or has no role there."""
    return _visible(call, project(identifier))


R = TypeVar("R", Application, Project)


def _visible(call: Call, found: R) -> R:
    known.authorise_party(call, found)
    return found


def ranking(call: Call, identifier: str) -> Page[Data]:
    """Every place of a round's ranking with the figures that led to it."""
    found = round_(identifier)
    call.authorise(found.area)
    return Page(found.ranking)


def _judged(call: Call, identifier: str) -> Application:
    """For those who judge: an applicant's own street does not see what is said of it. Raises NotFound, Forbidden."""
    found = application(identifier)
    call.authorise(round_(found.round).area)
    return found


def scores(call: Call, identifier: str) -> Page[Data]:
    return Page(_judged(call, identifier).scores)


def objections(call: Call, identifier: str) -> Page[Data]:
    found = _judged(call, identifier)
    return Page([objection | {"application": found.id} for objection in found.objections])


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
    freed = sum(_of_tranches(p, meant, paid=False) for p in contracted if p.status == "stopped")
    return {
        "fund_budget_fen": _budget(query, by_id),
        "rounds": sum(r.status != "draft" and areas.contains(area, r.area) for r in every),
        "applications": len(counted),
        "screened": sum(a.screened_at is not None for a in counted),
        "funded": len(funded),
        "awarded_fen": awarded,
        "committed_fen": awarded - freed,
        "paid_fen": paid,
        "projects": len(contracted),
        "beneficiaries_direct": sum(a.beneficiaries_direct for a in funded),
        "beneficiaries_indirect": sum(a.beneficiaries_indirect for a in funded),
    }


def _asked(found: Round, query: Data, funds_meant: set[str]) -> bool:
    return (
        query["year"] in (None, found.year)
        and query["round"] in (None, found.id)
        and (query["source"] is None or not funds_meant.isdisjoint(found.funds))
    )


def _budget(query: Data, rounds_asked: dict[str, Round]) -> int:
    """Budgets of the area's funds; of one round's where the query names it."""
    chosen = below(Fund, query["area"])
    if query["year"] is not None:
        chosen = chosen.filter(year=query["year"])
    if query["source"] is not None:
        chosen = chosen.filter(source=query["source"])
    if query["round"] is not None:
        chosen = chosen.filter(id__in=[f for r in rounds_asked.values() for f in r.funds])
    return sum(f.budget_fen for f in chosen.only("budget_fen"))


def _borne(parts: list[domain.Part], funds_meant: set[str]) -> int:
    return sum(part.amount for part in parts if part.fund in funds_meant)


def _of_tranches(found: Project, funds_meant: set[str], *, paid: bool) -> int:
    """Fen of a project's tranches that are paid, or that are not, borne by these funds."""
    sources = funds_commands.parts(found.sources)
    amounts = [t["amount_fen"] for t in found.tranches]
    return sum(
        _borne(domain.draw(sources, amounts, index), funds_meant)
        for index, tranche in enumerate(found.tranches)
        if (tranche["status"] == "paid") is paid
    )
