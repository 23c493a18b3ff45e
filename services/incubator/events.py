"""What the incubator publishes, and what it does with events."""

from __future__ import annotations

from services.incubator import documents, schemas, subjects
from shared.events.handlers import Handlers, read_model, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (subjects.CENTRE, documents.Centre),
    (subjects.RESIDENCY, documents.Residency),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    read_model("registry.organisation", schemas.SeenOrganisation, documents.KnownOrganisation),
    read_model("registry.summary", schemas.SeenSummary, documents.KnownSummary),
)
