"""What evaluation publishes, and what it does with events."""

from __future__ import annotations

from services.evaluation import documents, schemas, subjects
from shared.events.handlers import Handlers, read_model, replica

PUBLISHES = subjects.ALL

HANDLERS = Handlers(
    replica(subjects.PHASE_EVALUATION, documents.PhaseEvaluation),
    replica(subjects.GRADE, documents.Grade),
    read_model("registry.organisation", schemas.SeenOrganisation, documents.KnownOrganisation),
    read_model("funding.project", schemas.SeenProject, documents.KnownProject),
)
