"""Rules of matters 办件: what an existing organisation asks the registry for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from statemachine import State, StateMachine

from services.registry.domain import clocks
from shared.clocks import Limit, limit
from shared.errors import Fault, Refused, Text

KINDS = ("change", "statutes", "certificate")  # 变更登记、章程核准、证书换发

# Registered matters 登记事项 that a change may concern (社会团体登记管理条例; 民办非企业单位登记管理暂行条例).
MATTERS = ("name", "residence", "legal_representative", "scope", "funds_fen", "supervising_unit")
PERSONAL = ("legal_representative",)  # 法定代表人; of a filed team its leader 负责人
REGISTERED_ONLY = ("funds_fen", "supervising_unit")  # a filing has neither 注册资金 nor 业务主管单位

# In which states of the organisation a matter of this kind can be applied for and approved.
POSSIBLE = {
    "change": ("active",),
    "statutes": ("active",),
    "certificate": ("active", "suspended"),
}


class MatterLife(StateMachine):
    """Life cycle of a matter 办件."""

    applied = State("applied 已申请", initial=True)
    correcting = State("correcting 补正")
    accepted = State("accepted 已受理")
    approved = State("approved 准予", final=True)
    refused = State("refused 不予", final=True)
    withdrawn = State("withdrawn 撤回", final=True)

    ask_correction = applied.to(correcting)
    resubmit = correcting.to(applied)
    accept = applied.to(accepted)
    approve = accepted.to(approved)
    refuse = accepted.to(refused)
    withdraw = applied.to(withdrawn) | correcting.to(withdrawn) | accepted.to(withdrawn)


PENDING = ("applied", "correcting", "accepted")

DECISION = limit(
    "limit_matter", Limit(20, "working_days", 3), "行政许可法 42, 82",
    Text("Time for a decision on a change, statutes or a certificate", "作出变更、章程核准、换证决定的期限"),
)  # fmt: skip
RULES = (DECISION,)
STEPS = {
    "registered": (clocks.acceptance("applied", "correcting"), clocks.decision("accepted", DECISION)),
    "filed": (clocks.acceptance("applied", "correcting"), clocks.decision("accepted", clocks.FILING)),
}


class Registered(Protocol):
    """What the rules look at of an organisation."""

    name: Any
    track: Any
    status: Any


def check_possible(kind: str, organisation: Registered) -> None:
    """Raise Refused unless the organisation's state allows a matter of this kind."""
    if organisation.status not in POSSIBLE[kind]:
        needed = " or ".join(POSSIBLE[kind])
        raise Refused(
            "organisation-state",
            Text(
                f"{organisation.name} is {organisation.status}; this needs {needed}.",
                f"{organisation.name}当前状态为 {organisation.status}，不能办理该事项。",
            ),
            Text("Settle the organisation's state first.", "请先办理该社会组织的状态事项。"),
            field="organisation",
        )


def check_request(kind: str, track: str, changes: Mapping[str, Any], statutes: Any) -> None:
    """Raise Refused, naming each fault, unless the request has what its kind needs, and nothing else."""
    faults: list[Fault] = []
    if (kind == "change") != bool(changes):
        faults.append(_fault("changes", kind, "change"))
    if (kind == "statutes") != bool(statutes):
        faults.append(_fault("statutes", kind, "statutes"))
    if track == "filed":
        faults += [
            Fault(
                f"changes.{name}",
                Text("A filed team has no such registered matter.", "备案团队没有该登记事项。"),
                Text("Leave it out.", "请去除该项。"),
            )
            for name in REGISTERED_ONLY
            if name in changes
        ]
        if kind == "statutes":
            faults.append(
                Fault(
                    "kind",
                    Text("Statutes of a filed team are not approved.", "备案团队的章程不需核准。"),
                    Text("Only legal persons apply for this.", "仅法人办理章程核准。"),
                )
            )
    if faults:
        first = faults[0]
        raise Refused("matter-unfit", first.reason, first.remedy, field=first.field, faults=tuple(faults))


def _fault(field: str, kind: str, needing: str) -> Fault:
    if kind == needing:
        return Fault(
            field,
            Text(f"A matter of the kind '{kind}' needs '{field}'.", f"办理该事项须填写 {field}。"),
            Text(f"Say in '{field}' what is asked for.", f"请在 {field} 中填写申请内容。"),
        )
    return Fault(
        field,
        Text(f"'{field}' does not belong to the kind '{kind}'.", f"{field} 不属于该类事项。"),
        Text(f"Leave it out, or choose the kind '{needing}'.", "请去除该项，或选择相应事项类型。"),
    )


def check_adopted(adopted_on: date, today: date) -> None:
    """Raise Refused for statutes that are adopted in the future."""
    if adopted_on > today:
        raise Refused(
            "not-adopted-yet",
            Text("The statutes are not adopted yet.", "章程尚未表决通过。"),
            Text("Give the day of the vote.", "请填写表决通过的日期。"),
            field="statutes.adopted_on",
        )


def masked(name: str | None) -> str | None:
    """A person's name as staff lists show it: the first character, then stars."""
    return name and name[0] + "*" * (len(name) - 1)
