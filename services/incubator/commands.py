"""What can be done in the incubator."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.incubator import domain, queries, subjects
from services.incubator.documents import Centre, KnownOrganisation, KnownSummary, Residency
from shared import clock
from shared.acting import check_acting
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.events.types import EventType
from shared.lifecycle import advance
from shared.store import command, find, load, new, save, save_all

Data = dict[str, Any]

CENTRE, ORGANISATION = Text("Centre", "孵化中心"), Text("Organisation", "社会组织")


@command
def open_centre(call: Call, body: Data) -> Centre:
    """Open a centre. Raises NotYetKnown for an operator that is not known here."""
    centre = new(call, Centre, **body)
    if body["operator"] is not None:
        operator = _organisation(body["operator"], "operator")
        check_acting(operator.status, operator.name, "operator")
    return save(call, centre, subjects.OPENED)


@command
def apply_for_residency(call: Call, body: Data) -> Residency:
    """Apply to enter a centre, for an organisation of whatever area. The centre's node owns the residency.

    Raises NotYetKnown for an unknown centre or organisation, Conflict where it is in the centre or applied
    already.
    """
    known = find(Centre, body["centre"])
    if known is None:
        raise NotYetKnown(CENTRE, body["centre"], "centre")
    organisation = _organisation(body["organisation"], "organisation")
    call.authorise([organisation.area, known.area], body["organisation"])
    centre = load(call.cleared(), Centre, known.id)
    residency = new(
        call.cleared(),
        Residency,
        area=centre.area,
        beside=centre,
        centre=centre.id,
        track=organisation.track,
        current=f"{centre.id}/{body['organisation']}",
        generated=body["generated"],
    )
    residency.organisation = body["organisation"]
    check_acting(organisation.status, organisation.name, "organisation")
    return save(call, residency, subjects.APPLIED)


@command
def enter(call: Call, residency_id: str, body: Data) -> Residency:
    """Let an applicant in: the residency and the centre's desks change in one write. Raises Refused when the
    centre is full."""
    residency = load(call, Residency, residency_id)
    residency.status = advance(domain.ResidencyLife, residency.status, "enter")
    organisation = _organisation(residency.organisation, "organisation")
    check_acting(organisation.status, organisation.name, "organisation")
    centre = _centre_of(residency)
    centre.occupied = domain.occupied_after(centre.capacity, centre.occupied, body["desks"])
    residency.desks, residency.agreement_months = body["desks"], body["agreement_months"]
    residency.stage = domain.STAGES[0]
    residency.entered_on = _today(call)
    residency.term_ends_on = domain.term_end(call.now, body["agreement_months"])
    save_all(call, (residency, subjects.ENTERED), (centre, subjects.OCCUPIED))
    return residency


@command
def assess_stage(call: Call, residency_id: str, stage: str) -> Residency:
    """Record how far the organisation has come."""
    residency = load(call, Residency, residency_id)
    domain.check_resident(residency.status)
    domain.check_stage(residency.stage, stage)
    residency.stage = stage
    return save(call, residency, subjects.STAGED)


def graduate(call: Call, residency_id: str, reasons: str) -> Residency:
    """Let the organisation go as a grown one 出壳; its desks are free."""
    return _end(call, residency_id, "graduate", subjects.GRADUATED, reasons)


def leave(call: Call, residency_id: str, reasons: str) -> Residency:
    """End the residency, or an application for one, without graduation 退出; its desks are free."""
    return _end(call, residency_id, "leave", subjects.LEFT, reasons)


@command
def _end(call: Call, residency_id: str, action: str, event: EventType, reasons: str) -> Residency:
    residency = load(call, Residency, residency_id)
    was_resident = residency.status == "resident"
    residency.status = advance(domain.ResidencyLife, residency.status, action)
    residency.reasons, residency.ended_on, residency.current = reasons, _today(call), None
    if not was_resident:
        return save(call, residency, event)
    centre = _centre_of(residency)
    centre.occupied = domain.occupied_without(centre.occupied, residency.desks)
    save_all(call, (residency, event), (centre, subjects.FREED))
    return residency


def _centre_of(residency: Residency) -> Centre:
    """The residency's centre, which the same node owns: it was made beside it."""
    centre = find(Centre, residency.centre)
    if centre is None:
        raise NotYetKnown(CENTRE, residency.centre, "centre")
    return centre


def _organisation(identifier: str, field: str) -> KnownOrganisation | KnownSummary:
    known = queries.known_organisation(identifier)
    if known is None:
        raise NotYetKnown(ORGANISATION, identifier, field)
    return known


def _today(call: Call) -> date:
    return call.now.astimezone(clock.CHINA).date()
