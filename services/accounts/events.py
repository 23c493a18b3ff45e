"""What accounts publishes. It handles nobody's events but the platform's own."""

from __future__ import annotations

from services.accounts import documents, subjects
from shared.events.handlers import Handlers, replicas

PUBLISHES = subjects.ALL
TELLS = ((subjects.ACCOUNT, documents.Account),)

HANDLERS = Handlers(*replicas(TELLS))
