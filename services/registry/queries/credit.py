"""What can be asked of credit records."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.registry.documents.credit import CreditEntry
from services.registry.documents.listings import Listing
from services.registry.documents.organisations import Organisation
from services.registry.domain import credit as rules
from services.registry.domain.lives import PUBLIC_STATES
from services.registry.queries.rules import value
from shared import clock
from shared.call import Call
from shared.errors import NotFound, Text
from shared.store.queries import get

Data = dict[str, Any]
_organisation = get(Organisation)


def counted(entry: CreditEntry) -> rules.Entry:
    return rules.Entry(entry.points, entry.known_on, entry.valid_until, entry.ended_on)


def _day(call: Call, query: Data) -> date:
    return query["on"] or call.now.astimezone(clock.CHINA).date()


def _listed(organisation: str, on: date) -> list[Listing]:
    """Who stood on a list at the end of a day in China's time."""
    found = Listing.objects(organisation=organisation, listed_at__ne=None).order_by("id")
    return [each for each in found if _on(each.listed_at) <= on and not _gone(each, on)]


def _on(moment: Any) -> date:
    found: date = moment.astimezone(clock.CHINA).date()
    return found


def _gone(listing: Listing, on: date) -> bool:
    return listing.removed_at is not None and _on(listing.removed_at) <= on


def record(call: Call, organisation_id: str, query: Data) -> Data:
    """An organisation's whole credit record, and what counts of it on a day; to those who deal with it."""
    organisation = _organisation(organisation_id)
    call.authorise(organisation.area, organisation.id)
    on, entries = _day(call, query), list(CreditEntry.objects(organisation=organisation.id).order_by("id"))
    for each in entries:
        each.counts = rules.counts(counted(each), on)
    kinds = {each.kind for each in _listed(organisation.id, on)}
    total = rules.points(map(counted, entries), on)
    lists = {kind: kind in kinds for kind in ("abnormal", "serious")}
    least = value(rules.LEAST_POINTS, organisation.area, on)
    standing = rules.standing(total, least=least, **lists)
    about = {"organisation": organisation.id, "on": on, "points": total, "standing": standing}
    return about | lists | {"entries": entries}


def public_record(call: Call, organisation_id: str, query: Data) -> Data:
    """What the law publishes of it: no points, and only the kinds of entries that are public."""
    organisation = _organisation(organisation_id)
    if organisation.status not in PUBLIC_STATES:
        raise NotFound(
            "no-such-record",
            Text("There is no public organisation of this id.", "没有该公开的社会组织。"),
            Text("Check the identifier.", "请核对编号。"),
            field="id",
        )
    on, public = _day(call, query), [kind for kind, about in rules.KINDS.items() if about.public]
    entries = CreditEntry.objects(organisation=organisation.id, kind__in=public).order_by("id")
    shown = [each for each in entries if rules.counts(counted(each), on)]
    for each in shown:
        each.sign = rules.KINDS[each.kind].sign
    listings = _listed(organisation.id, on)
    kinds = {each.kind for each in listings}
    about = {"organisation": organisation.id, "name": organisation.name, "on": on}
    lists = {kind: kind in kinds for kind in ("abnormal", "serious")}
    return about | lists | {"entries": shown, "listings": listings}
