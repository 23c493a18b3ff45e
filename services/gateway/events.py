"""What the gateway publishes, and what it does with events."""

from __future__ import annotations

from services.gateway import commands, documents, persons, subjects
from shared.audit import anchors
from shared.events.handlers import Handlers, effect
from shared.node import GATEWAY, SERVICES
from shared.persons.requests import SeenExecution, recorded
from shared.store.nodes import NodeAnnouncement

PUBLISHES = subjects.ALL
TELLS = (
    (subjects.NODE, documents.AnnouncedNode),
    (subjects.RESYNC, documents.Resync),
    (subjects.RESTORE, documents.Restore),
    (subjects.DATA_REQUEST, documents.DataRequest),
)

HANDLERS = Handlers(
    effect(subjects.ANNOUNCED.type, NodeAnnouncement, commands.welcome),
    *(
        effect(anchors.anchored(service).type, anchors.AuditHeadState, commands.keep_head)
        for service in (GATEWAY, *SERVICES)
    ),
    *(effect(recorded(service).type, SeenExecution, persons.note_execution) for service in SERVICES),
)
