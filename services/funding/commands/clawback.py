"""Claw-back of what was paid: the decision, and repayments in parts until it is settled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.funding.commands import funds, projects
from services.funding.commands.funds import Change
from services.funding.documents import Project
from services.funding.domain import clawback as domain
from services.funding.domain import tranches
from services.funding.domain.clawback import ClawBackLife
from services.funding.domain.sharing import Part
from services.funding.subjects import projects as subjects
from shared.arearules.settings import value
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, save, save_all

Data = dict[str, Any]


@command
def demand_back(call: Call, project_id: str, body: Data) -> Project:
    """Decide that paid money comes back 追回, from the funds that it came from in proportion. A project that has
    ended may be asked too. Raises Refused beyond what was paid and is not demanded back already."""
    project = projects.decided(call, project_id)
    paid = tranches.paid(funds.parts(project.sources), project.tranches)
    before = _together(project.claw_backs)
    parts = domain.demand(body["amount_fen"], paid, before)
    given = body["period"] or value(domain.LIMIT, project.seated_at, call.now)
    project.claw_backs.append(
        {
            "number": len(project.claw_backs) + 1,
            "status": "demanded",
            "amount_fen": body["amount_fen"],
            "parts": _stored(parts),
            "reasons": body["reasons"],
            "legal_basis": body["legal_basis"],
            "decided_at": call.now,
            "due_at": given.after(call.now).at,
            "repaid_fen": 0,
            "repayments": [],
        }
    )
    return save(call, project, subjects.CLAW_BACK_DEMANDED)


@command
def record_repayment(call: Call, project_id: str, number: str, body: Data) -> Project:
    """Record money that came back; its funds have it free again in the same write. The last part settles the
    claw-back. Raises Refused beyond what is due."""
    project = projects.decided(call, project_id)
    one = domain.numbered(project.claw_backs, number)
    parts = domain.repay(body["amount_fen"], funds.parts(one["parts"]), _together(one["repayments"]))
    one["repayments"].append(
        {
            "amount_fen": body["amount_fen"],
            "parts": _stored(parts),
            "received_on": body["received_on"],
            "reference": body["reference"],
            "recorded_at": call.now,
        }
    )
    one["repaid_fen"] += body["amount_fen"]
    changes: list[Change] = [(project, subjects.REPAID)]
    if one["repaid_fen"] == one["amount_fen"]:
        one["status"] = advance(ClawBackLife, one["status"], "settle")
        changes.append((project, subjects.CLAW_BACK_SETTLED))
    loaded = funds.load_funds(call, [part.fund for part in parts])
    save_all(call, *changes, *funds.claw_back(call, loaded, parts, project.id))
    return project


def _together(several: Iterable[Data]) -> dict[str, int]:
    return tranches.by_fund(part for one in several for part in funds.parts(one["parts"]))


def _stored(parts: Iterable[Part]) -> list[Data]:
    return [{"fund": part.fund, "amount_fen": part.amount} for part in parts]
