"""Projects and the tranches that evaluations release or hold."""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds, known, payments
from services.funding.commands.funds import Change
from services.funding.documents import Contract, Project
from services.funding.domain import payments as payment_rules
from services.funding.domain import projects as domain
from services.funding.domain import rectification, tranches
from services.funding.domain.contracts import ContractLife
from services.funding.domain.projects import ProjectLife
from services.funding.domain.rectification import RectificationLife
from services.funding.domain.sharing import Part
from services.funding.queries.projects import project as found_project
from services.funding.subjects import contracts as contract_subjects
from services.funding.subjects import projects as subjects
from shared import areas
from shared.arearules.settings import value
from shared.call import Call
from shared.errors import Forbidden, Text
from shared.lifecycle import advance
from shared.store import command, load, save_all

Data = dict[str, Any]


def of_party(call: Call, project_id: str) -> Project:
    """The project, to be changed by its organisation or host, or by who has a role there. Raises as `load` does."""
    known.authorise_party(call, found_project(project_id))
    return load(call.cleared(), Project, project_id)


def decided(call: Call, project_id: str) -> Project:
    """The project, to be changed by who decides on its round's money. Raises as `load` does."""
    project = load(call, Project, project_id)
    known.judged_round(call, project.round)
    return project


@command
def apply_evaluation(call: Call, data: Data) -> Project:
    """Pay the tranche that waits for this phase, or hold it 暂缓 where the phase was not passed.

    Each evaluation acts by itself, whatever the order in which they arrive: what is paid stays paid, a later
    pass pays what was held. What is to be rectified gets its deadline here, and is settled by the pass. Raises
    Forbidden for an evaluation that a node below tells of: whoever keeps the money hears of passed evaluations
    from its own node or from above.
    """
    project = load(call, Project, data["project"])
    if not areas.contains(data["node"], call.node.area):
        raise Forbidden(
            "evaluation-from-below",
            Text(
                f"Node {data['node']} evaluates a project of node {call.node.area}.",
                f"节点 {data['node']} 评估了节点 {call.node.area} 的项目。",
            ),
        )
    if project.status not in domain.ALIVE:
        return project
    passed = data["outcome"] == "pass"
    changes = _pass(call, project, data["phase"]) if passed else _hold(call, project, data)
    changes += completed(project)
    if changes:
        save_all(call, *changes)
    return project


def _pass(call: Call, project: Project, phase: str) -> list[Change]:
    changes = pay_tranche(call, project, phase)
    if phase not in project.passed_phases:
        project.passed_phases.append(phase)
    settled = rectification.of_phase(project.rectifications, phase)
    for one in settled:
        one["status"] = advance(RectificationLife, one["status"], "accept")
        one["settled_at"] = call.now
    if settled:
        changes.append((project, subjects.RECTIFIED))
    if phase == "final" and not project.final_passed:
        project.final_passed = True
        changes.append((project, subjects.PASSED))
    return changes


def _hold(call: Call, project: Project, data: Data) -> list[Change]:
    """A phase that was passed meanwhile stays passed: this tells of an attempt before that."""
    phase = data["phase"]
    if phase in project.passed_phases:
        return []
    changes: list[Change] = []
    held = [t for t in project.tranches if t["condition"] == phase and t["status"] == "waiting"]
    for tranche in held:
        tranche["status"] = "held"
    if held:
        changes.append((project, subjects.TRANCHE_HELD))
    if data["outcome"] == "rectify" and not rectification.of_phase(project.rectifications, phase):
        limit = value(rectification.LIMIT, project.seated_at, call.now)
        number = len(project.rectifications) + 1
        project.rectifications.append(rectification.order(number, None, phase, limit, call.now))
        changes.append((project, subjects.RECTIFICATION_ORDERED))
    return changes


def pay_tranche(call: Call, project: Project, condition: str) -> list[Change]:
    """The changes, for `save_all`, that a condition brings which is met now; none where its tranche is paid or
    ordered."""
    for tranche in project.tranches:
        if tranche["condition"] == condition:
            tranche["met"] = True
    return pay_due(call, project)


def pay_due(call: Call, project: Project) -> list[Change]:
    """The changes, for `save_all`, that paying all tranches makes which are due; none where nothing is. A tranche
    that is due while the project is held back is held itself."""
    held_back = domain.held_back(project.status, project.rectifications)
    due = tranches.due(project.tranches, held_back=held_back)
    if not due:
        return _hold_back(project) if held_back else []
    borne = tranches.borne(funds.parts(project.sources), project.tranches)
    return payments.disburse(call, project, {index: borne[index] for index in due})


def _hold_back(project: Project) -> list[Change]:
    met = [t for t in project.tranches if t.get("met") and t["status"] == "waiting"]
    for tranche in met:
        tranche["status"] = "held"
    return [(project, subjects.TRANCHE_HELD)] if met else []


def completed(project: Project) -> list[Change]:
    """The change that ends a project 结项 whose final evaluation is passed and whose tranches are all paid."""
    over = project.final_passed and all(t["status"] == "paid" for t in project.tranches)
    if not over or project.status != "running":
        return []
    project.status = advance(ProjectLife, project.status, "complete")
    return [(project, subjects.COMPLETED)]


@command
def suspend_project(call: Call, project_id: str, reasons: str) -> Project:
    """Suspend a project 暂停: it pays nothing until it goes on."""
    project = decided(call, project_id)
    project.status = advance(ProjectLife, project.status, "suspend")
    project.reasons = reasons
    save_all(call, (project, subjects.SUSPENDED))
    return project


@command
def resume_project(call: Call, project_id: str, reasons: str) -> Project:
    """Go on with a suspended project 恢复; what became due meanwhile is paid."""
    project = decided(call, project_id)
    project.status = advance(ProjectLife, project.status, "resume")
    project.reasons = reasons
    save_all(call, (project, subjects.RESUMED), *pay_due(call, project), *completed(project))
    return project


@command
def stop_project(call: Call, project_id: str, reasons: str, grounds: str | None = None) -> Project:
    """End a project before its time 终止; what was not paid is free again."""
    project = decided(call, project_id)
    project.status = advance(ProjectLife, project.status, "stop")
    project.reasons, project.grounds = reasons, grounds
    payment_rules.check_none_under_way([t["status"] for t in project.tranches])
    unpaid = tranches.unsettled(funds.parts(project.sources), project.tranches)
    loaded = funds.load_funds(call, unpaid)
    given_back = [Part(fund, amount) for fund, amount in unpaid.items()]
    freed = funds.release(call, loaded, given_back, project.id)
    save_all(call, (project, subjects.STOPPED), *_terminate(call, project), *freed)
    return project


def _terminate(call: Call, project: Project) -> list[Change]:
    if not project.contract:
        return []
    contract = load(call.cleared(), Contract, project.contract)
    contract.status = advance(ContractLife, contract.status, "terminate")
    contract.grounds = project.grounds
    return [(contract, contract_subjects.TERMINATED)]
