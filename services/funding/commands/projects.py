"""Projects and the tranches that evaluations release or hold."""

from __future__ import annotations

from typing import Any

from services.funding.commands import funds
from services.funding.commands.funds import Change
from services.funding.documents import Project
from services.funding.domain import funds as domain
from services.funding.domain.projects import ProjectLife
from services.funding.subjects import projects as subjects
from shared import areas
from shared.call import Call
from shared.errors import Forbidden, Text
from shared.lifecycle import advance
from shared.store import command, load, save_all

Data = dict[str, Any]


@command
def apply_evaluation(call: Call, data: Data) -> Project:
    """Pay the tranche that waits for this phase, or hold it 暂缓 where the phase was not passed.

    Each evaluation acts by itself, whatever the order in which they arrive: what is paid stays paid, a later
    pass pays what was held. Raises Forbidden for an evaluation that a node below tells of: whoever keeps the
    money hears of passed evaluations from its own node or from above.
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
    if project.status != "running":
        return project
    passed = data["outcome"] == "pass"
    changes = pay_tranche(call, project, data["phase"]) if passed else _hold(project, data["phase"])
    if passed and data["phase"] == "final" and not project.final_passed:
        project.final_passed = True
        changes.append((project, subjects.PASSED))
    if project.final_passed and all(t["status"] == "paid" for t in project.tranches):
        project.status = advance(ProjectLife, project.status, "complete")
        changes.append((project, subjects.COMPLETED))
    if changes:
        save_all(call, *changes)
    return project


def pay_tranche(call: Call, project: Project, condition: str) -> list[Change]:
    """The changes, for `save_all`, that paying the tranche of this condition makes; none where it is paid."""
    index = next((i for i, t in enumerate(project.tranches) if t["condition"] == condition), None)
    if index is None or project.tranches[index]["status"] == "paid":
        return []
    sources = funds.parts(project.sources)
    drawn = domain.draw(sources, [t["amount_fen"] for t in project.tranches], index)
    project.tranches[index]["status"] = "paid"
    loaded = funds.load_funds(call, [part.fund for part in drawn])
    return [(project, subjects.TRANCHE_PAID), *funds.pay(call, loaded, drawn, project.id)]


def _hold(project: Project, condition: str) -> list[Change]:
    held = [t for t in project.tranches if t["condition"] == condition and t["status"] == "waiting"]
    for tranche in held:
        tranche["status"] = "held"
    return [(project, subjects.TRANCHE_HELD)] if held else []


@command
def stop_project(call: Call, project_id: str, reasons: str) -> Project:
    """End a project before its time 终止; what was not paid is free again."""
    project = load(call, Project, project_id)
    project.status = advance(ProjectLife, project.status, "stop")
    project.reasons = reasons
    sources = funds.parts(project.sources)
    amounts = [t["amount_fen"] for t in project.tranches]
    unpaid: dict[str, int] = {}
    for index, tranche in enumerate(project.tranches):
        if tranche["status"] != "paid":
            for part in domain.draw(sources, amounts, index):
                unpaid[part.fund] = unpaid.get(part.fund, 0) + part.amount
    loaded = funds.load_funds(call, unpaid)
    given_back = [domain.Part(fund, amount) for fund, amount in unpaid.items()]
    freed = funds.release(call, loaded, given_back, project.id)
    save_all(call, (project, subjects.STOPPED), *freed)
    return project
