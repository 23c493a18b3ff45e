"""The register of experts 专家库."""

from __future__ import annotations

from typing import Any

from services.funding.documents import Expert
from services.funding.domain import experts as domain
from services.funding.subjects import experts as subjects
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def enter(call: Call, body: Data) -> Expert:
    """Enter an expert into the register, with the ties that are declared."""
    for tie in body["ties"]:
        domain.check_tie(tie["since"], tie["until"])
    expert = new(call, Expert, area=body["area"])
    for name, value in body.items():
        setattr(expert, name, value)
    return save(call, expert, subjects.ENTERED)


@command
def declare_tie(call: Call, expert_id: str, body: Data) -> Expert:
    """Declare a tie to an organisation, for oneself or by staff. It counts from the next draw on; of panels that are
    drawn already the expert is recused apart."""
    expert = load(call, Expert, expert_id, organisation_field="account")
    domain.check_tie(body["since"], body["until"])
    expert.status = advance(domain.ExpertLife, expert.status, "declare")
    expert.ties.append(body)
    return save(call, expert, subjects.TIE_DECLARED)


@command
def retire(call: Call, expert_id: str) -> Expert:
    """Take an expert out of the register: later draws leave the expert out."""
    expert = load(call, Expert, expert_id)
    expert.status = advance(domain.ExpertLife, expert.status, "retire")
    return save(call, expert, subjects.RETIRED)
