"""What can be done with listings 列入名录: proposed, notified, heard, decided, removed."""

from __future__ import annotations

from typing import Any

from services.registry.commands import credit
from services.registry.commands.known import organisation_here
from services.registry.documents.credit import CreditEntry
from services.registry.documents.inspection import Inspection
from services.registry.documents.listings import Listing
from services.registry.documents.organisations import Organisation
from services.registry.domain import listings as rules
from services.registry.domain.credit import BY_LISTING, EntryLife
from services.registry.queries import listings as queries
from services.registry.subjects import credit as credit_subjects
from services.registry.subjects import listings as subjects
from services.registry.subjects.organisations import STANDING_CHANGED
from shared.call import Call
from shared.errors import Refused, Text
from shared.lifecycle import advance
from shared.store import command, load, new, save, save_all
from shared.store.aggregate import Change

Data = dict[str, Any]
TWO_YEARS = "two_years_abnormal"


def proposal(
    call: Call, organisation: Organisation, ground: str, inspection: Inspection | None = None
) -> Listing:
    """A new proposal to list an organisation, to be saved by the caller."""
    made = new(
        call,
        Listing,
        area=organisation.area,
        beside=organisation,
        label=f"listing {ground}",
        kind=rules.GROUNDS[ground],
        ground=ground,
        name=organisation.name,
        proposed_at=call.now,
    )
    made.organisation = organisation.id
    if inspection is not None:
        made.inspection, made.year = inspection.id, inspection.year
    made.under_way = queries.key(organisation.id, ground, made.inspection)
    return made


@command
def propose(call: Call, body: Data) -> Listing:
    """Propose an organisation for a list. Raises Refused for a ground of the other list and for filed teams, Conflict
    while the same is under way."""
    rules.check_ground(body["kind"], body["ground"])
    organisation = organisation_here(call, body["organisation"])
    made = proposal(call, organisation, body["ground"])
    call.authorise(organisation.seated_at)
    if organisation.track != "registered":
        raise Refused(
            "not-registered",
            Text("Only registered organisations are listed.", "只有登记的社会组织列入名录。"),
            Text("Enter it into the credit record instead.", "请记入信用信息。"),
            field="organisation",
        )
    made.facts = body["facts"]
    return save(call, made, subjects.PROPOSED)


@command
def notify(call: Call, listing_id: str) -> Listing:
    """Tell the organisation what it is to be listed for 告知; from then on it may state its case."""
    listing = load(call, Listing, listing_id)
    call.authorise(listing.seated_at)
    listing.status = advance(rules.ListingLife, listing.status, "notify")
    listing.notified_at = call.now
    return save(call, listing, subjects.NOTIFIED)


@command
def state(call: Call, listing_id: str, text: str) -> Listing:
    """Take the organisation's statement 陈述申辩. Raises Refused after its deadline."""
    listing = load(call, Listing, listing_id, organisation_field="organisation")
    listing.status = advance(rules.ListingLife, listing.status, "state")
    rules.check_statement(listing.due_at, call.now)
    listing.statement, listing.stated_at = text, call.now
    return save(call, listing, subjects.HEARD)


@command
def decide(call: Call, listing_id: str, enter: bool, reasons: str) -> Listing:
    """List the organisation, or spare it. Raises Refused before it was heard or let its deadline pass.

    A listing is entered into the credit record in the same write; one for two years of the abnormal list ends
    those there (办法: 移出异常名录，列入严重违法失信名单).
    """
    listing = load(call, Listing, listing_id)
    call.authorise(listing.seated_at)
    if enter:
        rules.check_heard(listing.status, listing.due_at, call.now)
    listing.status = advance(rules.ListingLife, listing.status, "enter" if enter else "spare")
    listing.reasons = reasons
    if not enter:
        listing.under_way = None
        return save(call, listing, subjects.SPARED)
    listing.listed_at = call.now
    organisation = organisation_here(call, listing.organisation)
    made = credit.entry(call, organisation, BY_LISTING[listing.kind], listing=listing.id)
    changes = [(listing, subjects.LISTED), (made, credit_subjects.RECORDED)]
    replaced = queries.listed(organisation.id, "abnormal") if listing.ground == TWO_YEARS else []
    for each in replaced:
        changes += _removal(call, each, "列入严重违法失信名单")
    return _settled(call, organisation, changes, listing)


@command
def remove(call: Call, listing_id: str, reasons: str) -> Listing:
    """Take an organisation off a list 移出. Raises Refused where what led to it is not mended or its time not over."""
    listing = load(call, Listing, listing_id)
    call.authorise(listing.seated_at)
    rules.check_removable(queries.may_go(call, listing))
    return _settled(
        call, organisation_here(call, listing.organisation), _removal(call, listing, reasons), listing
    )


@command
def review(call: Call, listing_id: str) -> Listing:
    """What time has brought: a listing goes where a rule says so, two years on the abnormal list lead to a proposal
    for the list of serious violations."""
    listing = load(call, Listing, listing_id)
    if listing.status != "listed":
        return listing
    organisation = organisation_here(call, listing.organisation)
    if queries.may_go(call, listing):
        return _settled(call, organisation, _removal(call, listing, "按规定移出"), listing)
    if queries.leads_to_serious(call, listing):
        save(call, proposal(call, organisation, TWO_YEARS), subjects.PROPOSED)
    return listing


def _removal(call: Call, listing: Listing, reasons: str) -> list[Any]:
    listing.status = advance(rules.ListingLife, listing.status, "remove")
    listing.removed_at, listing.removal_reasons, listing.under_way = call.now, reasons, None
    changes: list[Any] = [(listing, subjects.REMOVED)]
    for entry in CreditEntry.objects(listing=listing.id, status="recorded"):
        entry.status = advance(EntryLife, entry.status, "end")
        entry.ended_on = credit.today(call)
        changes.append((entry, credit_subjects.ENDED))
    return changes


def _settled(call: Call, organisation: Organisation, changes: list[Any], listing: Listing) -> Listing:
    touched = [change[0] for change in changes]
    entries = [each for each in touched if isinstance(each, CreditEntry)]
    listings = [each for each in touched if isinstance(each, Listing)]
    credit.settle(call, organisation, entries, listings)
    saved: list[Change] = [*changes, (organisation, STANDING_CHANGED)]
    save_all(call, *saved)
    return listing
