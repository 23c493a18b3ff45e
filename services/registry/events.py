"""What the registry publishes, and what it does with events."""

from __future__ import annotations

from services.registry import documents, subjects
from services.registry.commands import summaries
from services.registry.schemas.organisations import OrganisationState
from services.registry.subjects.organisations import ALL as ORGANISATION_EVENTS
from services.registry.subjects.organisations import ORGANISATION
from services.registry.subjects.party import BRANCH
from services.registry.subjects.rules import AREA_RULE
from services.registry.subjects.stations import STATION
from services.registry.subjects.summaries import SUMMARY
from shared.events.handlers import Handlers, effect, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (ORGANISATION, documents.Organisation),
    (STATION, documents.Station),
    (BRANCH, documents.PartyBranch),
    (SUMMARY, documents.Summary),
    (AREA_RULE, documents.AreaRuleSetting),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    *(effect(event.type, OrganisationState, summaries.announce_summary) for event in ORGANISATION_EVENTS),
)
