"""What the registry publishes, and what it does with events."""

from __future__ import annotations

from services.registry import commands, documents, schemas, subjects
from shared.events.handlers import Handlers, effect, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (subjects.ORGANISATION, documents.Organisation),
    (subjects.STATION, documents.Station),
    (subjects.BRANCH, documents.PartyBranch),
    (subjects.SUMMARY, documents.Summary),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    *(
        effect(event.type, schemas.OrganisationState, commands.announce_summary)
        for event in subjects.ORGANISATION_EVENTS
    ),
)
