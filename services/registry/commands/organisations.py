"""What can be done with applications of organisations: draft, apply, correct, accept, decide, withdraw."""

from __future__ import annotations

from typing import Any

from services.registry.commands import admission, growth
from services.registry.commands.steps import check_registry, move, save_step
from services.registry.documents.organisations import Organisation
from services.registry.domain import lives
from services.registry.domain import organisations as rules
from services.registry.domain.lives import Why
from services.registry.queries.rules import value
from services.registry.subjects import organisations as subjects
from shared.call import Call
from shared.store import command, load, new, save, save_all

Data = dict[str, Any]


@command
def apply_as_organisation(call: Call, body: Data) -> Organisation:
    """Apply to be registered or filed, or keep a draft 草稿 of the application, which is held against no rule yet.

    Raises Refused where it does not fulfil what its track asks for.
    """
    form = {name: given for name, given in body.items() if name != "draft"}
    filing_tier = value(rules.FILING_DECIDED_BY, body["area"], call.now)
    decided_at = rules.deciding_area(body["track"], body["area"], filing_tier)
    organisation = new(call, Organisation, at=decided_at, status="draft", **form)
    held = [grant.area for grant in call.actor.grants if grant.role == "community_worker"]
    organisation.received_in = rules.receiving_area(held, body["area"])
    if body["draft"]:
        return save(call, organisation, subjects.DRAFTED)
    return _submit(call, organisation)


@command
def amend(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Change a draft. Raises Refused for what is submitted already."""
    organisation = load(call, Organisation, organisation_id, organisation_field="id")
    lives.check_draft(organisation.status)
    for name, changed in body.items():
        setattr(organisation, name, changed)
    return save(call, organisation, subjects.DRAFTED)


@command
def submit(call: Call, organisation_id: str) -> Organisation:
    """Hand a draft in. Raises Refused as `apply_as_organisation`."""
    return _submit(call, load(call, Organisation, organisation_id, organisation_field="id"))


def _submit(call: Call, organisation: Organisation) -> Organisation:
    lives.take_step(organisation, "submit", call.now)
    admission.check(call, organisation)
    organisation.applied_at = call.now
    return save(call, organisation, subjects.APPLIED)


@command
def ask_correction(call: Call, organisation_id: str, reasons: str) -> Organisation:
    """Tell once and in full what is missing 补正, within the step's deadline (行政许可法 32)."""
    organisation = load(call, Organisation, organisation_id)
    lives.check_correction(organisation.history, organisation.due_at, call.now)
    return save_step(call, organisation, "ask_correction", subjects.CORRECTION_ASKED, Why(reasons))


@command
def resubmit(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Hand in again what was corrected 补正. Raises Refused where the whole then does not fit the track."""
    organisation = load(call, Organisation, organisation_id, organisation_field="id")
    lives.take_step(organisation, "resubmit", call.now)
    for name, corrected in body.items():
        setattr(organisation, name, corrected)
    admission.check(call, organisation)
    return save(call, organisation, subjects.RESUBMITTED)


@command
def accept(call: Call, organisation_id: str) -> Organisation:
    """Accept the application for decision 受理. Too late to ask for a correction, it counts since it came in."""
    organisation = load(call, Organisation, organisation_id)
    admission.check_opinion(organisation)
    late = lives.is_late(organisation.due_at, call.now)
    organisation.accepted_at = organisation.received_at if late else call.now
    return save_step(call, organisation, "accept", subjects.ACCEPTED)


def reject(call: Call, organisation_id: str, reasons: str) -> Organisation:
    """Do not accept the application 不予受理: it is not for this registry, or what is missing did not come."""
    return move(call, organisation_id, "reject", subjects.NOT_ACCEPTED, Why(reasons))


@command
def withdraw(call: Call, organisation_id: str, reasons: str) -> Organisation:
    """The applicant takes the application back 撤回, as long as it is not decided."""
    organisation = load(call, Organisation, organisation_id, organisation_field="id")
    lives.take_step(organisation, "withdraw", call.now, Why(reasons))
    return save(call, organisation, subjects.WITHDRAWN)


def decide(call: Call, organisation_id: str, approve: bool, reasons: str) -> Organisation:
    """Approve 准予 or refuse 不予 an accepted application."""
    if approve:
        return _approve(call, organisation_id, reasons)
    return move(call, organisation_id, "refuse", subjects.REFUSED, Why(reasons))


@command
def _approve(call: Call, organisation_id: str, reasons: str) -> Organisation:
    organisation = load(call, Organisation, organisation_id)
    check_registry(call, organisation)
    admission.check_opinion(organisation)  # by silence it may have been accepted without one
    lives.take_step(organisation, "approve", call.now, Why(reasons))
    if organisation.track == "filed":
        years = value(lives.FILING_YEARS, organisation.area, call.now)
        organisation.valid_until = lives.valid_until(call.now, years)
    with_it = growth.grow(call, organisation, reasons) if organisation.growing_from else []
    save_all(call, (organisation, subjects.APPROVED), *with_it)
    return organisation
