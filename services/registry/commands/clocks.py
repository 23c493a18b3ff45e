"""What is done when a deadline is near or has passed, and what moves deadlines."""

from __future__ import annotations

from typing import Any

from services.registry.commands import ends
from services.registry.documents.clocks import CalendarDay
from services.registry.documents.inspection import Inspection
from services.registry.documents.listings import Listing
from services.registry.documents.matters import Matter
from services.registry.documents.organisations import Organisation
from services.registry.subjects import clocks as subjects
from services.registry.subjects import inspection, listings, matters, organisations
from shared import areas
from shared.call import Call
from shared.clocks import looking
from shared.ids import derived_id
from shared.store import command, find, load, new, save

Data = dict[str, Any]

TIMED: looking.Kinds = {
    Organisation: organisations.CLOCK,
    Inspection: inspection.CLOCK,
    Listing: listings.CLOCK,
    Matter: matters.CLOCK,
}
reconsider = looking.reconsidering(TIMED)


def run_clocks(call: Call) -> dict[str, int]:
    """What is to be done about deadlines and about filings whose time has passed; how often each."""
    return looking.run(call, TIMED) | {"expired": ends.lapse_filings(call)}


@command
def set_calendar_day(call: Call, body: Data) -> CalendarDay:
    """Say that an area works on a day, or does not, other than the notices say; of two the later said holds."""
    identifier = derived_id("registry.calendar_day", f"{body['area']}/{body['day'].isoformat()}")
    if find(CalendarDay, identifier):
        day = load(call, CalendarDay, identifier)
    else:
        day = new(call, CalendarDay, area=body["area"], at=areas.path(body["area"])[0], day=body["day"])
        day.id = identifier  # one record for an area and day, whoever sets it first
    call.authorise(areas.path(body["area"])[0])
    day.worked, day.reasons = body["worked"], body["reasons"]
    return save(call, day, subjects.CALENDAR_DAY_SET)
