"""What funding publishes, and what it does with events."""

from __future__ import annotations

from services.funding import commands, documents, schemas, subjects
from shared.events.handlers import Handlers, effect, read_model, replicas

PUBLISHES = subjects.ALL
TELLS = (
    (subjects.FUND, documents.Fund),
    (subjects.ROUND, documents.Round),
    (subjects.APPLICATION, documents.Application),
    (subjects.PROJECT, documents.Project),
)

HANDLERS = Handlers(
    *replicas(TELLS),
    read_model("registry.organisation", schemas.SeenOrganisation, documents.KnownOrganisation),
    read_model("registry.summary", schemas.SeenSummary, documents.KnownSummary),
    read_model("needs.library_item", schemas.SeenTopic, documents.KnownTopic),
    effect("evaluation.phase_evaluation.concluded", schemas.SeenEvaluation, commands.apply_evaluation),
)
