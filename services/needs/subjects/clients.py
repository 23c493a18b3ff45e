"""What is told of clients."""

from __future__ import annotations

from services.needs.schemas.clients import ClientState
from shared.errors import Text
from shared.events.types import Subject

CLIENT = Subject("needs", "client", ClientState, Text("client", "服务对象"), audience="node")
REGISTERED = CLIENT.event("registered", Text("registered", "登记"))
RECLASSIFIED = CLIENT.event("reclassified", Text("reclassified", "类别变更"))
ENDED = CLIENT.event("ended", Text("ended", "注销"))
ALL = (REGISTERED, RECLASSIFIED, ENDED)
