"""What can be done in the annual inspection 年检: opened, reported, appraised, concluded, put right, missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from services.registry.commands import credit, listings
from services.registry.commands.known import organisation_here
from services.registry.documents.inspection import Inspection
from services.registry.documents.listings import Listing
from services.registry.documents.organisations import Organisation
from services.registry.domain import inspection as rules
from services.registry.domain import reports
from services.registry.queries import inspection as queries
from services.registry.queries.rules import value
from services.registry.schemas import reports as forms
from services.registry.subjects import credit as credit_subjects
from services.registry.subjects import inspection as subjects
from services.registry.subjects import listings as listing_subjects
from services.registry.subjects.organisations import CHARITY_CHANGED, STANDING_CHANGED
from shared.call import Call
from shared.errors import Refused, Text
from shared.lifecycle import advance
from shared.store import command, load, new, save, save_all

Data = dict[str, Any]


@command
def set_charity(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Record that an organisation is a charity 慈善组织, or no longer."""
    organisation = load(call, Organisation, organisation_id)
    call.authorise(organisation.seated_at)
    organisation.charity, organisation.reasons = body["charity"], body["reasons"]
    return save(call, organisation, CHARITY_CHANGED)


def open_one(call: Call, organisation_id: str, year: int) -> Inspection:
    """Open the inspection of one organisation. Raises Refused before its window, and for one that takes no part."""
    organisation = organisation_here(call, organisation_id)
    call.authorise(organisation.seated_at)
    found = queries.terms(organisation.area, year, call.now)
    rules.check_open(found.window, call.now)
    opened = open_for(call, organisation_id, year, lambda _: found)
    if opened is None:
        raise Refused(
            "takes-no-part",
            Text(
                "The organisation takes no part in the inspection of that year.", "该组织不参加该年度检查。"
            ),
            Text(
                "Registered organisations do that were there long enough by the end of that year.",
                "截至该年度末登记满规定月数的社会组织方须参检。",
            ),
            field="year",
        )
    return opened


@command
def open_for(
    call: Call, organisation_id: str, year: int, terms: Callable[[str], queries.Terms]
) -> Inspection | None:
    """Open an organisation's inspection of a year, once whoever asks; None for one that takes no part. `terms` tells
    what holds in an area."""
    call = replace(call, cause=f"{organisation_id}:inspection-{year}")
    organisation = organisation_here(call, organisation_id)
    found = terms(organisation.area)
    if not rules.takes_part(
        organisation.track, organisation.status, organisation.established_on, year, found.months
    ):
        return None
    form, exempt = queries.form(organisation, found, call.now)
    opened = new(
        call,
        Inspection,
        area=organisation.area,
        beside=organisation,
        year=year,
        form=form,
        exempt_grade=exempt,
        unit_due_at=found.window.due_to_unit_at,
        report_due_at=found.window.closes_at,
        name=organisation.name,
    )
    opened.organisation = organisation.id
    return save(call, opened, subjects.OPENED)


@command
def draft(call: Call, inspection_id: str, body: Data) -> Inspection:
    """Keep the report as far as it is written. Raises Refused for another form than the organisation has to file."""
    inspection = load(call, Inspection, inspection_id, organisation_field="organisation")
    _check_reporting(inspection)
    _refresh_form(call, inspection, organisation_here(call, inspection.organisation))
    for given in body:
        rules.check_form(given, inspection.form)
    inspection.report = forms.stored(inspection.form, body.get(inspection.form, {}))
    return save(call, inspection, subjects.DRAFTED)


@command
def submit(call: Call, inspection_id: str) -> Inspection:
    """Hand the drafted report in: to the supervising unit, or straight to the registrar where there is none. Raises
    Invalid where it is not complete, Refused where its figures contradict each other."""
    inspection = load(call, Inspection, inspection_id, organisation_field="organisation")
    _check_reporting(inspection)
    organisation = organisation_here(call, inspection.organisation)
    _refresh_form(call, inspection, organisation)
    reports.check(forms.complete(inspection.form, inspection.report))
    inspection.remarks = reports.remarks(inspection.form, inspection.report)
    inspection.late = call.now > inspection.report_due_at
    action = rules.submission(inspection.form, organisation.supervising_unit is not None)
    inspection.status = advance(rules.InspectionLife, inspection.status, action)
    inspection.submitted_at = call.now
    if inspection.status == "concluded":
        inspection.concluded_at = call.now
    return save(call, inspection, subjects.SUBMITTED)


def _check_reporting(inspection: Inspection) -> None:
    if inspection.status not in rules.REPORTING:
        advance(rules.InspectionLife, inspection.status, "submit")  # raises, naming what is possible


def _refresh_form(call: Call, inspection: Inspection, organisation: Organisation) -> None:
    """A grade or the standing of a charity may have come or gone since the inspection was opened."""
    found = queries.terms(inspection.area, inspection.year, call.now)
    inspection.form, inspection.exempt_grade = queries.form(organisation, found, call.now)


@command
def give_opinion(call: Call, inspection_id: str, body: Data) -> Inspection:
    """Record the first opinion 初审意见 of the supervising unit; it proposes, the registrar concludes."""
    inspection = load(call, Inspection, inspection_id)
    call.authorise(inspection.seated_at)
    inspection.status = advance(rules.InspectionLife, inspection.status, "give_opinion")
    inspection.opinion = body | {"at": call.now}
    return save(call, inspection, subjects.OPINION_GIVEN)


@command
def send_back(call: Call, inspection_id: str, reasons: str) -> Inspection:
    """Send a report back to be completed 退回补正; it then has the rest of the window, and some days at least."""
    inspection = load(call, Inspection, inspection_id)
    call.authorise(inspection.seated_at)
    inspection.status = advance(rules.InspectionLife, inspection.status, "send_back")
    days = value(rules.COMPLETION_DAYS, inspection.area, call.now)
    closes_at = queries.terms(inspection.area, inspection.year, call.now).window.closes_at
    inspection.report_due_at = rules.complete_by(call.now, days, closes_at)
    inspection.reasons = reasons
    return save(call, inspection, subjects.SENT_BACK)


@command
def conclude(call: Call, inspection_id: str, conclusion: str, reasons: str) -> Inspection:
    """The registrar's conclusion 年检结论; all but 合格 order rectification, 不合格 enters the credit record."""
    inspection = load(call, Inspection, inspection_id)
    call.authorise(inspection.seated_at)
    action = rules.conclusion(conclusion)
    inspection.status = advance(rules.InspectionLife, inspection.status, action)
    inspection.conclusion, inspection.reasons, inspection.concluded_at = conclusion, reasons, call.now
    told = subjects.CONCLUDED if action == "conclude" else subjects.RECTIFICATION_ORDERED
    if conclusion != "unqualified":
        return save(call, inspection, told)
    organisation = organisation_here(call, inspection.organisation)
    made = credit.entry(call, organisation, "inspection_unqualified", inspection=inspection.id)
    credit.settle(call, organisation, [made])
    save_all(call, (inspection, told), (made, credit_subjects.RECORDED), (organisation, STANDING_CHANGED))
    return inspection


@command
def report_rectification(call: Call, inspection_id: str, text: str) -> Inspection:
    """Take what the organisation says it has put right 整改报告."""
    inspection = load(call, Inspection, inspection_id, organisation_field="organisation")
    inspection.status = advance(rules.InspectionLife, inspection.status, "report_rectification")
    inspection.rectification = text
    return save(call, inspection, subjects.RECTIFICATION_REPORTED)


@command
def judge_rectification(call: Call, inspection_id: str, approve: bool, reasons: str) -> Inspection:
    """Accept a rectification, or order it anew with a new deadline."""
    inspection = load(call, Inspection, inspection_id)
    call.authorise(inspection.seated_at)
    action = "accept_rectification" if approve else "refuse_rectification"
    inspection.status = advance(rules.InspectionLife, inspection.status, action)
    inspection.reasons = reasons
    return save(call, inspection, subjects.RECTIFIED if approve else subjects.RECTIFICATION_ORDERED)


@command
def close(call: Call, inspection_id: str) -> Inspection:
    """What the end of the window does to an inspection: one without a report is missed and its organisation proposed
    for the abnormal list; it ends with its organisation."""
    inspection = load(call, Inspection, inspection_id)
    organisation = organisation_here(call, inspection.organisation)
    if organisation.status not in ("active", "suspended"):
        return _lapse(call, inspection)
    if inspection.status != "open" or call.now <= inspection.report_due_at:
        return inspection
    inspection.status = advance(rules.InspectionLife, inspection.status, "miss")
    listing = listings.proposal(call, organisation, "report_missed", inspection)
    save_all(call, (inspection, subjects.MISSED), (listing, listing_subjects.PROPOSED))
    return inspection


def _lapse(call: Call, inspection: Inspection) -> Inspection:
    if inspection.status in ("concluded", "lapsed"):
        return inspection
    inspection.status = advance(rules.InspectionLife, inspection.status, "lapse")
    return save(call, inspection, subjects.LAPSED)


@command
def review_rectification(call: Call, inspection_id: str) -> Inspection:
    """Propose an organisation for the abnormal list that has let the deadline of its rectification pass."""
    inspection = load(call, Inspection, inspection_id)
    if inspection.status != "correcting" or call.now <= inspection.due_at:
        return inspection
    organisation = organisation_here(call, inspection.organisation)
    if not _proposed(organisation, inspection):
        save(
            call,
            listings.proposal(call, organisation, "rectification_missed", inspection),
            listing_subjects.PROPOSED,
        )
    return inspection


def _proposed(organisation: Organisation, inspection: Inspection) -> bool:
    """Since this deadline was set: one that was spared is proposed again only after another."""
    about = {"organisation": organisation.id, "ground": "rectification_missed", "inspection": inspection.id}
    return Listing.objects(**about, proposed_at__gte=inspection.due_at).first() is not None
