"""What the service of needs publishes, and what it does with events."""

from __future__ import annotations

from services.needs import commands, documents, schemas, subjects
from shared.events.handlers import Handlers, effect, read_model, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (subjects.NEED, documents.Need),
    (subjects.ITEM, documents.LibraryItem),
    (subjects.DELIVERY, documents.Delivery),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    read_model("registry.organisation", schemas.SeenOrganisation, documents.KnownOrganisation),
    read_model("registry.summary", schemas.SeenSummary, documents.KnownSummary),
    effect(subjects.CONSOLIDATED.type, schemas.SeenItem, commands.merge_sources),
)
