"""What is done when an organisation moves to another street or community."""

from __future__ import annotations

from typing import Any

from services.registry.commands.steps import check_registry
from services.registry.documents.matters import Matter
from services.registry.documents.organisations import Organisation
from services.registry.domain import matters, moves
from services.registry.domain import organisations as rules
from services.registry.queries.rules import value
from services.registry.subjects import organisations as subjects
from shared import areas
from shared.call import Call
from shared.store import command, load, save, save_all

Data = dict[str, Any]


@command
def move_organisation(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Have an organisation belong to another area of the district 迁移.

    Whoever owns the record moves it within the node's own area at once. Beyond that a street can only ask: the
    record's seat becomes the district's, hand-over takes it there, and the district moves it on. Until then the
    street goes on with it. Raises Refused as `moves.check_move`.
    """
    organisation = load(call, Organisation, organisation_id)
    check_registry(call, organisation)
    underway = Matter.objects(organisation=organisation.id, status__in=matters.PENDING).first() is not None
    moves.check_move(organisation, body["to"], underway=underway)
    organisation.reasons = body["reasons"]
    if not areas.contains(call.node.area, body["to"]):
        organisation.moving_to, organisation.seat = body["to"], areas.path(organisation.area)[0]
        return save(call, organisation, subjects.MOVE_ASKED)
    filing_tier = value(rules.FILING_DECIDED_BY, body["to"], call.now)
    organisation.seat = rules.deciding_area(organisation.track, body["to"], filing_tier)
    organisation.area, organisation.moving_to = body["to"], None
    # The old area hears where it went, the new one that it has come; both or neither.
    save_all(call, (organisation, subjects.LEFT), (organisation, subjects.MOVED))
    return organisation
