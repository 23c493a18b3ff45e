"""A filed team becomes a legal person: a new registration, linked to the filing that ends."""

from __future__ import annotations

from typing import Any

from services.registry.documents.organisations import Organisation
from services.registry.domain import growth as rules
from services.registry.domain import lives
from services.registry.domain.lives import Why
from services.registry.domain.organisations import deciding_area
from services.registry.subjects import organisations as subjects
from shared.call import Call
from shared.errors import NotYetKnown, Text
from shared.events.types import EventType
from shared.store import command, find, load, save

Data = dict[str, Any]


def check_filing(one: Organisation) -> Organisation:
    """The filing that an application wants to grow out of. Raises NotYetKnown, Refused where that cannot be."""
    filing = find(Organisation, one.growing_from)
    if filing is None:
        raise NotYetKnown(Text("Filing", "备案团队"), one.growing_from, "growing_from")
    rules.check_growth(one.track, one.area, filing)
    return filing


def grow(call: Call, one: Organisation, reasons: str) -> list[tuple[Organisation, EventType]]:
    """Link the approved registration to its filing; returns the filing where it has to be written along.

    Where another node owns the filing, that node ends it when it hears of the approval: `end_grown`.
    """
    filing = check_filing(one)
    one.grown_from = filing.id
    if filing.owner != call.node.area or filing.handing:
        return []
    return [(filing, _end(call, filing, one.id, reasons))]


@command
def end_grown(call: Call, data: Data) -> Organisation | None:
    """End a filing of this node out of which the district has registered a legal person."""
    if data["grown_from"] is None:
        return None
    filing = load(call, Organisation, data["grown_from"])
    if filing.grown_into is not None:
        return filing  # written together with the approval
    rules.check_teller(data["node"], deciding_area("registered", filing.area))
    return save(call, filing, _end(call, filing, data["subject"], data["reasons"]))


def _end(call: Call, filing: Organisation, registration: str, reasons: str) -> EventType:
    """One that has ended for good meanwhile, while its street was cut off, keeps its end and is linked only."""
    filing.grown_into = registration
    if not lives.can(filing.status, "grow"):
        return subjects.SUCCEEDED
    lives.take_step(filing, "grow", call.now, Why(reasons))
    return subjects.GROWN
