"""What can be done with credit records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.registry.commands.known import organisation_here
from services.registry.documents.credit import CreditEntry
from services.registry.documents.listings import Listing
from services.registry.documents.organisations import Organisation
from services.registry.domain import credit as rules
from services.registry.queries import credit as queries
from services.registry.queries.rules import value
from services.registry.subjects import credit as subjects
from services.registry.subjects.organisations import STANDING_CHANGED
from shared import clock
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, load, new, save, save_all

Data = dict[str, Any]


def today(call: Call) -> date:
    return call.now.astimezone(clock.CHINA).date()


def entry(call: Call, organisation: Organisation, kind: str, **about: Any) -> CreditEntry:
    """A new entry beside its organisation, with the points of its area, to be saved with `settle`."""
    given = {"occurred_on": today(call), "known_on": today(call)} | about
    made = new(call, CreditEntry, area=organisation.area, beside=organisation, kind=kind, **given)
    made.organisation = organisation.id
    made.points = value(rules.POINTS, organisation.area, call.now).get(kind, 0)
    made.record_due_at = rules.record_due(
        made.known_on, value(rules.RECORD_DAYS, organisation.area, call.now)
    )
    made.late = call.now > made.record_due_at
    return made


def settle(
    call: Call,
    organisation: Organisation,
    entries: Sequence[CreditEntry] = (),
    listings: Sequence[Listing] = (),
) -> None:
    """Set the organisation's standing from what is stored and what this call is about to save. The organisation has
    to be saved with these: whoever enters something at the same time then has to look again."""
    now = {each.id: each for each in CreditEntry.objects(organisation=organisation.id)}
    now |= {each.id: each for each in entries}
    counting = [queries.counted(each) for each in now.values()]
    listed = {each.id: each for each in Listing.objects(organisation=organisation.id, status="listed")}
    listed |= {each.id: each for each in listings}
    kinds = {each.kind for each in listed.values() if each.status == "listed"}
    organisation.abnormal, organisation.serious = "abnormal" in kinds, "serious" in kinds
    organisation.credit_points = rules.points(counting, today(call))
    organisation.credit_changes_on = rules.changes_on(counting, today(call))
    least = value(rules.LEAST_POINTS, organisation.area, call.now)
    organisation.credit_standing = rules.standing(
        organisation.credit_points, abnormal=organisation.abnormal, serious=organisation.serious, least=least
    )


@command
def record_entry(call: Call, organisation_id: str, body: Data) -> CreditEntry:
    """Enter something into an organisation's credit record. Raises Refused for what the platform records itself."""
    organisation = organisation_here(call, organisation_id)
    rules.check_kind(body["kind"])
    made = entry(call, organisation, **body)
    call.authorise(organisation.seated_at)
    rules.check_dates(made.occurred_on, made.known_on, made.valid_until, today(call))
    if made.valid_until is None:
        months = value(rules.VALID_MONTHS, organisation.area, call.now)
        made.valid_until = rules.valid_until(made.known_on, months)
    settle(call, organisation, [made])
    save_all(call, (made, subjects.RECORDED), (organisation, STANDING_CHANGED))
    return made


@command
def ask_repair(call: Call, entry_id: str, reasons: str) -> CreditEntry:
    """Ask for the repair 信用修复 of a negative entry. Raises Refused where it cannot be repaired, or not yet."""
    found = load(call, CreditEntry, entry_id, organisation_field="organisation")
    found.status = advance(rules.EntryLife, found.status, "ask_repair")
    months = value(rules.REPAIR_MONTHS, found.area, call.now)
    rules.check_repair(found.kind, found.known_on, months, call.now)
    found.reasons = reasons
    return save(call, found, subjects.REPAIR_ASKED)


@command
def decide_repair(call: Call, entry_id: str, grant: bool, reasons: str) -> CreditEntry:
    """Grant or refuse a repair; from its day on a repaired entry counts no longer."""
    found = load(call, CreditEntry, entry_id)
    call.authorise(found.seated_at)
    found.reasons = reasons
    if not grant:
        found.status = advance(rules.EntryLife, found.status, "refuse_repair")
        return save(call, found, subjects.REPAIR_REFUSED)
    return _over(call, found, "grant_repair", subjects.REPAIRED)


@command
def revoke_entry(call: Call, entry_id: str, reasons: str) -> CreditEntry:
    """Take back an entry that was wrong 撤销."""
    found = load(call, CreditEntry, entry_id)
    call.authorise(found.seated_at)
    found.reasons = reasons
    return _over(call, found, "revoke", subjects.REVOKED)


def _over(call: Call, found: CreditEntry, action: str, event: Any) -> CreditEntry:
    organisation = organisation_here(call, found.organisation)
    found.status = advance(rules.EntryLife, found.status, action)
    found.ended_on = today(call)
    settle(call, organisation, [found])
    save_all(call, (found, event), (organisation, STANDING_CHANGED))
    return found


@command
def refresh(call: Call, organisation_id: str) -> Organisation:
    """Set an organisation's standing anew because a day has come on which an entry stops to count."""
    organisation = load(call, Organisation, organisation_id)
    settle(call, organisation)
    return save(call, organisation, STANDING_CHANGED)
