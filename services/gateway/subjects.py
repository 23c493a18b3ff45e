"""The gateway's subjects: the node itself, and its requests for state."""

from __future__ import annotations

from services.gateway import schemas
from shared.errors import Text
from shared.events.types import Subject
from shared.store.nodes import NodeAnnouncement

NODE = Subject("gateway", "node", NodeAnnouncement, Text("node", "节点"), audience="public")
ANNOUNCED = NODE.event("announced", Text("announced", "公告"))

# Public, so that it reaches all nodes above and below.
RESYNC = Subject("gateway", "resync", schemas.ResyncState, Text("resync", "重新同步"), audience="public")
ASKED = RESYNC.event("asked", Text("asked", "请求"))

ALL = (ANNOUNCED, ASKED)
