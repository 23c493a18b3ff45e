"""What the registry publishes, and what it does with events."""

from __future__ import annotations

from services.registry import commands, documents, schemas, subjects
from shared.events.handlers import Handlers, effect, replica

PUBLISHES = subjects.ALL

HANDLERS = Handlers(
    replica(subjects.ORGANISATION, documents.Organisation),
    replica(subjects.STATION, documents.Station),
    replica(subjects.BRANCH, documents.PartyBranch),
    replica(subjects.SUMMARY, documents.Summary),
    *(
        effect(event.type, schemas.OrganisationState, commands.announce_summary)
        for event in subjects.ORGANISATION_EVENTS
    ),
)
