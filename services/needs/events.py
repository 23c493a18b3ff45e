"""What the service of needs publishes, and what it does with events."""

from __future__ import annotations

from services.needs import commands, documents, schemas, subjects
from shared.events.handlers import Handlers, effect, read_model, replica

PUBLISHES = subjects.ALL

HANDLERS = Handlers(
    replica(subjects.NEED, documents.Need),
    replica(subjects.ITEM, documents.LibraryItem),
    replica(subjects.DELIVERY, documents.Delivery),
    read_model("registry.organisation", schemas.SeenOrganisation, documents.KnownOrganisation),
    read_model("registry.summary", schemas.SeenSummary, documents.KnownSummary),
    effect(subjects.CONSOLIDATED.type, schemas.SeenItem, commands.merge_sources),
)
