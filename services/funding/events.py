"""What funding publishes, and what it does with events."""

from __future__ import annotations

from services.funding import commands, documents, schemas, subjects
from shared.events.handlers import Handlers, effect, read_model, replica

PUBLISHES = subjects.ALL

HANDLERS = Handlers(
    replica(subjects.FUND, documents.Fund),
    replica(subjects.ROUND, documents.Round),
    replica(subjects.APPLICATION, documents.Application),
    replica(subjects.PROJECT, documents.Project),
    read_model("registry.organisation", schemas.SeenOrganisation, documents.KnownOrganisation),
    read_model("registry.summary", schemas.SeenSummary, documents.KnownSummary),
    read_model("needs.library_item", schemas.SeenTopic, documents.KnownTopic),
    effect("evaluation.phase_evaluation.concluded", schemas.SeenEvaluation, commands.apply_evaluation),
)
