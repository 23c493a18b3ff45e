"""What evaluation publishes, and what it does with events."""

from __future__ import annotations

from services.evaluation import documents, schemas, subjects
from shared.events.handlers import Handlers, read_model, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (subjects.PHASE_EVALUATION, documents.PhaseEvaluation),
    (subjects.GRADE, documents.Grade),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    read_model("registry.organisation", schemas.SeenOrganisation, documents.KnownOrganisation),
    read_model("funding.project", schemas.SeenProject, documents.KnownProject),
)
