"""Steps in an organisation's life that its registry takes."""

from __future__ import annotations

from services.registry.documents.organisations import Organisation
from services.registry.domain import lives
from services.registry.domain import organisations as rules
from services.registry.domain.lives import UNSAID, Why
from shared import areas
from shared.call import Call
from shared.events.types import EventType
from shared.store import command, load, save


@command
def move(call: Call, organisation_id: str, step: str, event: EventType, why: Why = UNSAID) -> Organisation:
    """Take a step that changes nothing else."""
    return save_step(call, load(call, Organisation, organisation_id), step, event, why)


def save_step(
    call: Call, organisation: Organisation, step: str, event: EventType, why: Why = UNSAID
) -> Organisation:
    """Take a step and save it. Raises Forbidden where somebody else decides, Refused where it is not possible."""
    check_registry(call, organisation)
    lives.take_step(organisation, step, call.now, why)
    return save(call, organisation, event)


def check_registry(call: Call, organisation: Organisation) -> None:
    """Raise Forbidden unless the caller may decide on this organisation.

    A street's node may vouch for any role, but only at its own area: the deciding area is what counts. That was
    settled by the rule that held when the application came in.
    """
    if call.rule is None:
        return  # the platform itself
    held = [grant.role for grant in call.actor.grants if areas.contains(grant.area, organisation.registry)]
    rules.check_decider(organisation.track, held)
    call.authorise(organisation.registry)
