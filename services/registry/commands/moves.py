"""What is done when an organisation moves to another street or community."""

from __future__ import annotations

from typing import Any

from services.registry.commands.steps import check_registry
from services.registry.documents.certificates import Certificate
from services.registry.documents.matters import Matter
from services.registry.documents.organisations import Organisation
from services.registry.domain import matters, moves
from services.registry.domain import organisations as rules
from services.registry.queries import certificates as queries
from services.registry.queries.rules import value
from services.registry.subjects import organisations as subjects
from services.registry.subjects.certificates import MOVED as CERTIFICATE_MOVED
from shared import areas
from shared.call import Call
from shared.store import command, load, save_all
from shared.store.aggregate import Change

Data = dict[str, Any]


@command
def move_organisation(call: Call, organisation_id: str, body: Data) -> Organisation:
    """Have an organisation belong to another area of the district 迁移.

    Whoever owns the record moves it within the node's own area at once. Beyond that a street can only ask: the
    record's seat becomes the district's, hand-over takes it there, and the district moves it on. Until then the
    street goes on with it. Raises Refused as `moves.check_move`, Misdirected while the certificate that holds is still
    on its way here.
    """
    organisation = load(call, Organisation, organisation_id)
    check_registry(call, organisation)
    underway = Matter.objects(organisation=organisation.id, status__in=matters.PENDING).first() is not None
    moves.check_move(organisation, body["to"], underway=underway)
    organisation.reasons = body["reasons"]
    known = queries.current(organisation.id)
    certificate = load(call.cleared(), Certificate, known.id) if known else None
    if not areas.contains(call.node.area, body["to"]):
        organisation.moving_to, organisation.seat = body["to"], areas.path(organisation.area)[0]
        save_all(call, (organisation, subjects.MOVE_ASKED), *_along(organisation, certificate))
        return organisation
    filing_tier = value(rules.FILING_DECIDED_BY, body["to"], call.now)
    organisation.seat = rules.deciding_area(organisation.track, body["to"], filing_tier)
    organisation.area, organisation.moving_to = body["to"], None
    # The old area hears where it went, the new one that it has come; both or neither.
    told = ((organisation, subjects.LEFT), (organisation, subjects.MOVED))
    save_all(call, *told, *_along(organisation, certificate))
    return organisation


def _along(organisation: Organisation, certificate: Certificate | None) -> list[Change]:
    """The certificate that holds goes where its organisation goes; the new registrar's replaces it."""
    if certificate is None:
        return []
    certificate.area, certificate.seat = organisation.area, organisation.seat
    return [(certificate, CERTIFICATE_MOVED)]
