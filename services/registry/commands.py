"""What can be done in the registry."""

from __future__ import annotations

from typing import Any

from services.registry import domain, subjects
from services.registry.documents import Organisation, PartyBranch, Station, Summary
from shared import areas
from shared.call import Call
from shared.errors import Misdirected, NotYetKnown, Refused, Text
from shared.events.types import EventType
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, find, load, new, save

Data = dict[str, Any]


@command
def apply_as_organisation(call: Call, body: Data) -> Organisation:
    """Apply to be registered or filed. Raises Refused where type or credit code do not fit the track."""
    domain.check_identity(body["track"], body["type"], body["credit_code"])
    decided_at = domain.deciding_area(body["track"], body["area"])
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
    organisation.status = advance(domain.OrganisationLife, organisation.status, "resubmit")
    for name, value in body.items():
        setattr(organisation, name, value)
    domain.check_identity(organisation.track, organisation.type, organisation.credit_code)
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
    where = domain.deciding_area(organisation.track, organisation.area)
    held = [grant.role for grant in call.actor.grants if areas.contains(grant.area, where)]
    domain.check_decider(organisation.track, held)
    organisation.status = advance(domain.OrganisationLife, organisation.status, action)
    organisation.reasons = reasons
    if action not in ("ask_correction", "accept"):
        organisation.decided_at = call.now
    return save(call, organisation, event)


@command
def open_station(call: Call, body: Data) -> Station:
    """Open a service station 服务站 with the state of its check lists."""
    fits = domain.complies(body["five_haves"], body["seven_in_common"])
    return save(call, new(call, Station, complies=fits, **body), subjects.STATION_OPENED)


@command
def check_station(call: Call, station_id: str, body: Data) -> Station:
    """Record what a visit found on both check lists."""
    station = load(call, Station, station_id)
    station.five_haves, station.seven_in_common = body["five_haves"], body["seven_in_common"]
    station.complies = domain.complies(station.five_haves, station.seven_in_common)
    return save(call, station, subjects.STATION_CHECKED)


@command
def found_branch(call: Call, body: Data) -> PartyBranch:
    """Record a party organisation 党组织. Raises NotYetKnown for an organisation that is not known here."""
    domain.check_branch(body["kind"], body["organisations"])
    branch = new(call, PartyBranch, **body)
    for identifier in body["organisations"]:
        organisation = find(Organisation, identifier)
        if organisation is None:
            raise NotYetKnown(Text("Organisation", "社会组织"), identifier, "organisations")
        if organisation.status != "active":
            raise Refused(
                "organisation-not-active",
                Text(
                    f"{organisation.name} is {organisation.status}.", f"{organisation.name}的状态不是正常。"
                ),
                Text("Name active organisations only.", "请只填写状态正常的社会组织。"),
                field="organisations",
            )
    return save(call, branch, subjects.BRANCH_FOUNDED)


@command
def announce_summary(call: Call, data: Data) -> Summary | None:
    """Tell everybody what they may know of an organisation; the root node does, for all of its area.

    An application is nobody else's business until it is approved. Raises Misdirected elsewhere. Events may
    come in any order: an older state never replaces a newer one.
    """
    if call.node.parent is not None:
        raise Misdirected(data["area"][:6], None)
    state = find(Organisation, data["subject"])
    if state is None:
        raise NotYetKnown(Text("Organisation", "社会组织"), data["subject"], "subject")
    if state.status not in domain.PUBLIC_STATES:
        return None
    shared = {name: getattr(state, name) for name in ("area", "name", "track", "type", "category", "status")}
    identifier = derived_id(data["subject"], "summary")
    seen = [state.epoch, state.sequence]
    summary = find(Summary, identifier)
    if summary is None:
        summary = Summary(
            id=identifier,
            owner=call.node.area,
            seat=call.node.area,
            organisation=data["subject"],
            created_at=call.now,
        )
    elif summary.seen_epoch >= seen:
        return summary
    for name, value in shared.items():
        setattr(summary, name, value)
    summary.seen_epoch = seen
    return save(call, summary, subjects.SUMMARY_ANNOUNCED)
