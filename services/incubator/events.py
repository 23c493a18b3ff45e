"""What the incubator publishes, and what it does with events."""

from __future__ import annotations

from services.incubator import documents, schemas, subjects
from shared.events.handlers import Handlers, read_model, replica

PUBLISHES = subjects.ALL

HANDLERS = Handlers(
    replica(subjects.CENTRE, documents.Centre),
    replica(subjects.RESIDENCY, documents.Residency),
    read_model("registry.organisation", schemas.SeenOrganisation, documents.KnownOrganisation),
    read_model("registry.summary", schemas.SeenSummary, documents.KnownSummary),
)
