"""Amendments of contracts: contract, project, funds and ledger change in one write."""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds, known
from services.funding.commands.funds import Change
from services.funding.documents import Contract, Project, Round
from services.funding.domain import amendments as domain
from services.funding.domain import contracts as contract_rules
from services.funding.domain import projects as project_rules
from services.funding.domain import sharing, tranches
from services.funding.domain.sharing import Part
from services.funding.subjects import contracts as subjects
from services.funding.subjects import projects as project_subjects
from shared.arearules.settings import value
from shared.call import Call
from shared.errors import Refused, Text
from shared.store import command, load, save_all

Data = dict[str, Any]


@command
def amend(call: Call, contract_id: str, body: Data) -> Contract:
    """Amend a signed contract 变更 as both parties agreed: old and new are kept, money that is needed more is
    committed and what is needed less is free again. Raises Refused beyond the area's rules, for a project that has
    ended, and beyond what the round's funds have free."""
    contract = load(call, Contract, contract_id)
    target = known.judged_round(call, contract.round)
    project = load(call.cleared(), Project, contract.project) if contract.project else None
    if project is None or project.status not in project_rules.ALIVE:
        raise Refused(
            "not-amendable",
            Text("Only contracts of projects that go on are amended.", "仅执行中的项目可以变更协议。"),
            Text("Draft it again where it is not signed.", "尚未签订的请重新拟定。"),
            field="id",
        )
    before = _terms(contract)
    changes = _change_money(call, contract, project, target, body)
    if body["ends_on"]:
        years = value(contract_rules.YEARS, contract.seated_at, call.now)
        starts_on = contract.starts_on
        contract_rules.check_term(target.kind, starts_on, body["ends_on"], years, stable=contract.stable)
        contract.ends_on = project.ends_on = body["ends_on"]
    after = _terms(contract)
    domain.check_changed(before, after)
    contract.amendments.append(
        {
            "number": len(contract.amendments) + 1,
            "agreed_on": body["agreed_on"],
            "reasons": body["reasons"],
            "at": call.now,
            "before": before,
            "after": after,
        }
    )
    save_all(call, (contract, subjects.AMENDED), (project, project_subjects.AMENDED), *changes)
    return contract


def _terms(contract: Contract) -> Data:
    return {
        "amount_fen": contract.amount_fen,
        "ends_on": contract.ends_on.isoformat()[:10],
        "tranches": [dict(tranche) for tranche in contract.tranches],
    }


def _change_money(
    call: Call, contract: Contract, project: Project, target: Round, body: Data
) -> list[Change]:
    """Amount and tranches of contract and project as amended; the changes that this makes to funds and ledger."""
    amount = body["amount_fen"] or contract.amount_fen
    wanted = [domain.Planned(**each) for each in body["tranches"]]
    if amount == contract.amount_fen and not wanted:
        return []
    percent = value(domain.MORE, contract.seated_at, call.now).get(contract.kind, 0)
    settled = domain.settled(project.tranches)
    domain.check_amount(amount, contract.signed_fen, percent, settled)
    sources = funds.parts(project.sources)
    _freeze(sources, project)
    owed = tranches.unsettled(sources, project.tranches)
    met = ("contract", *project.passed_phases)
    project.tranches = domain.replanned(project.tranches, amount, wanted, met)
    contract.tranches = [
        {name: each[name] for name in ("number", "condition", "amount_fen")} for each in project.tranches
    ]
    more = amount - contract.amount_fen
    contract.amount_fen = project.amount_fen = amount
    if more > 0:
        available = funds.load_funds(call, target.funds)
        free = {identifier: funds.balance(fund).free for identifier, fund in available.items()}
        parts = sharing.split(more, free, matches=funds.matches(available.values()))
        changes = funds.commit(call, available, parts, project.id)
        _keep_sources(project, domain.moved(sources, more=parts))
    elif more < 0:
        parts = domain.less(owed, -more)
        changes = funds.release(call, funds.load_funds(call, [p.fund for p in parts]), parts, project.id)
        _keep_sources(project, domain.moved(sources, less=parts))
    else:
        changes = []
    return changes


def _freeze(sources: list[Part], project: Project) -> None:
    """What is paid or on its way keeps what it drew, whatever the sources become; what is neither draws anew."""
    for tranche, parts in zip(project.tranches, tranches.borne(sources, project.tranches), strict=True):
        if tranche["status"] in tranches.SETTLED:
            tranche["parts"] = [{"fund": part.fund, "amount_fen": part.amount} for part in parts]
        else:
            tranche.pop("parts", None)  # of an order that was cancelled


def _keep_sources(project: Project, parts: list[Part]) -> None:
    project.sources = [{"fund": part.fund, "amount_fen": part.amount} for part in parts]
