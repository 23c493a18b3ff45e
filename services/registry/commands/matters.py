"""What can be done with matters: apply, correct, accept, decide, withdraw."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.registry.documents.matters import Matter
from services.registry.documents.organisations import Organisation
from services.registry.domain import matters as rules
from services.registry.domain.moves import check_staying
from services.registry.domain.organisations import check_decider
from services.registry.subjects import matters as subjects
from services.registry.subjects.organisations import CHANGED
from shared import areas, clock
from shared.call import Call
from shared.events.types import EventType
from shared.lifecycle import advance
from shared.store import command, load, new, save, save_all

Data = dict[str, Any]


@command
def apply_for_matter(call: Call, body: Data) -> Matter:
    """Apply for a change of registered matters 变更登记, approval of statutes 章程核准 or a new certificate 换证.

    Raises Refused where the organisation's state or track does not allow it, Conflict while one of the same kind is
    underway.
    """
    organisation = load(call, Organisation, body["organisation"], organisation_field="id")
    rules.check_possible(body["kind"], organisation)
    check_staying(organisation)
    matter = new(
        call, Matter, area=organisation.area, beside=organisation, organisation=organisation.id,
        kind=body["kind"], track=organisation.track, name=organisation.name,
    )  # fmt: skip
    matter.organisation = organisation.id
    matter.underway, matter.generated = f"{organisation.id}/{matter.kind}", organisation.generated
    _fill(call, matter, body)
    return save(call, matter, subjects.APPLIED)


def _fill(call: Call, matter: Matter, body: Data) -> None:
    changes = dict(body.get("changes", _asked(matter)))
    matter.statutes = body.get("statutes", matter.statutes)
    matter.grounds = body.get("grounds", matter.grounds)
    rules.check_request(matter.kind, matter.track, changes, matter.statutes)
    if matter.statutes:
        adopted = date.fromisoformat(matter.statutes["adopted_on"])
        rules.check_adopted(adopted, call.now.astimezone(clock.CHINA).date())
    matter.changing = sorted(changes)
    matter.legal_representative = changes.pop("legal_representative", None)
    matter.changes = changes or None


def _asked(matter: Matter) -> Data:
    """What is to change, with what is personal."""
    person = {"legal_representative": matter.legal_representative}
    return dict(matter.changes or {}) | {name: person[name] for name in rules.PERSONAL if person[name]}


def ask_correction(call: Call, matter_id: str, reasons: str) -> Matter:
    """Ask once and in full for what is missing 补正 (行政许可法 32)."""
    return _move(call, matter_id, "ask_correction", subjects.CORRECTION_ASKED, reasons)


@command
def resubmit(call: Call, matter_id: str, body: Data) -> Matter:
    """Hand in again what was corrected 补正. Raises Refused as `apply_for_matter`."""
    matter = load(call, Matter, matter_id, organisation_field="organisation")
    matter.status = advance(rules.MatterLife, matter.status, "resubmit")
    matter.reasons = None
    _fill(call, matter, body)
    return save(call, matter, subjects.RESUBMITTED)


def accept(call: Call, matter_id: str) -> Matter:
    """Accept the matter for decision 受理."""
    return _move(call, matter_id, "accept", subjects.ACCEPTED)


def decide(call: Call, matter_id: str, approve: bool, reasons: str) -> Matter:
    """Approve 准予 or refuse 不予 an accepted matter."""
    if approve:
        return _approve(call, matter_id, reasons)
    return _move(call, matter_id, "refuse", subjects.REFUSED, reasons)


@command
def withdraw(call: Call, matter_id: str, reasons: str) -> Matter:
    """The organisation takes its application back 撤回, as long as it is not decided."""
    matter = load(call, Matter, matter_id, organisation_field="organisation")
    _advance(call, matter, "withdraw", reasons)
    return save(call, matter, subjects.WITHDRAWN)


@command
def _move(call: Call, matter_id: str, action: str, event: EventType, reasons: str | None = None) -> Matter:
    matter = load(call, Matter, matter_id)
    _check_decider(call, matter)
    _advance(call, matter, action, reasons)
    return save(call, matter, event)


@command
def _approve(call: Call, matter_id: str, reasons: str) -> Matter:
    """The matter and what it does to its organisation, in one write. Raises Refused where the organisation's state
    does not allow it any more: then the matter is to be refused."""
    matter = load(call, Matter, matter_id)
    organisation = load(call, Organisation, matter.organisation)
    _check_decider(call, matter)
    rules.check_possible(matter.kind, organisation)
    _advance(call, matter, "approve", reasons)
    _apply(call, matter, organisation)
    save_all(call, (matter, subjects.APPROVED), (organisation, CHANGED))
    return matter


def _apply(call: Call, matter: Matter, organisation: Organisation) -> None:
    asked = _asked(matter)
    before = {name: getattr(organisation, name) for name in asked}
    matter.legal_representative_before = before.pop("legal_representative", None)
    matter.before = {name: value for name, value in before.items() if value is not None} or None
    for name, value in asked.items():
        setattr(organisation, name, value)
    if matter.statutes:
        approved_on = call.now.astimezone(clock.CHINA).date().isoformat()
        organisation.statutes = dict(matter.statutes) | {"approved_on": approved_on}


def _advance(call: Call, matter: Matter, action: str, reasons: str | None) -> None:
    matter.status = advance(rules.MatterLife, matter.status, action)
    matter.reasons = reasons
    if matter.status not in rules.PENDING:
        matter.underway, matter.decided_at = None, call.now


def _check_decider(call: Call, matter: Matter) -> None:
    """Who decides on the organisation decides on its matters. Raises Forbidden."""
    where = matter.seated_at
    held = [grant.role for grant in call.actor.grants if areas.contains(grant.area, where)]
    check_decider(matter.track, held)
    call.authorise(where)
