"""What can be done with organisations: applications, decisions, suspension, end."""

from __future__ import annotations

from typing import Any

from services.registry.documents.organisations import Organisation
from services.registry.domain import organisations as rules
from services.registry.queries.rules import value
from services.registry.subjects import organisations as subjects
from shared import areas
from shared.call import Call
from shared.events.types import EventType
from shared.lifecycle import advance
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def apply_as_organisation(call: Call, body: Data) -> Organisation:
    """Apply to be registered or filed. Raises Refused where type or credit code do not fit the track."""
    rules.check_identity(body["track"], body["type"], body["credit_code"])
    filing_tier = value(rules.FILING_DECIDED_BY, body["area"], call.now)
    decided_at = rules.deciding_area(body["track"], body["area"], filing_tier)
    organisation = new(call, Organisation, at=decided_at, **body)
    return save(call, organisation, subjects.APPLIED)


def ask_correction(call: Call, organisation_id: str, reasons: str) -> Organisation:
    """Ask once and in full for what is missing 补正 (行政许可法 32)."""
    return _move(call, organisation_id, "ask_correction", subjects.CORRECTION_ASKED, reasons)


def accept(call: Call, organisation_id: str) -> Organisation:
    """Accept the application for decision 受理."""
    return _move(call, organisation_id, "accept", subjects.ACCEPTED)


@command
def resubmit(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Hand in again what was corrected 补正. Raises Refused where the whole then does not fit the track."""
    organisation = load(call, Organisation, organisation_id, organisation_field="id")
    organisation.status = advance(rules.OrganisationLife, organisation.status, "resubmit")
    for name, corrected in body.items():
        setattr(organisation, name, corrected)
    rules.check_identity(organisation.track, organisation.type, organisation.credit_code)
    organisation.reasons = None
    return save(call, organisation, subjects.RESUBMITTED)


def decide(call: Call, organisation_id: str, approve: bool, reasons: str) -> Organisation:
    """Approve 准予 or refuse 不予 an accepted application."""
    if approve:
        return _move(call, organisation_id, "approve", subjects.APPROVED, reasons)
    return _move(call, organisation_id, "refuse", subjects.REFUSED, reasons)


def suspend(call: Call, organisation_id: str, reasons: str) -> Organisation:
    return _move(call, organisation_id, "suspend", subjects.SUSPENDED, reasons)


def resume(call: Call, organisation_id: str, reasons: str) -> Organisation:
    return _move(call, organisation_id, "resume", subjects.RESUMED, reasons)


def cancel(call: Call, organisation_id: str, reasons: str) -> Organisation:
    """Strike the organisation off 注销."""
    return _move(call, organisation_id, "cancel", subjects.CANCELLED, reasons)


@command
def _move(
    call: Call, organisation_id: str, action: str, event: EventType, reasons: str | None = None
) -> Organisation:
    organisation = load(call, Organisation, organisation_id)
    # A street's node may vouch for any role, but only at its own area: the deciding area is what counts.
    # The seat was settled by the rule that held when the application came in.
    where = organisation.seated_at
    held = [grant.role for grant in call.actor.grants if areas.contains(grant.area, where)]
    rules.check_decider(organisation.track, held)
    call.authorise(where)
    organisation.status = advance(rules.OrganisationLife, organisation.status, action)
    organisation.reasons = reasons
    if action not in ("ask_correction", "accept"):
        organisation.decided_at = call.now
    return save(call, organisation, event)
