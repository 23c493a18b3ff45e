"""The gateway's subjects: the node itself, its requests for state, and its restores."""

from __future__ import annotations

from services.gateway import schemas
from shared.errors import Text
from shared.events.handlers import RestoreAnnounced
from shared.events.types import Subject
from shared.store.nodes import NodeAnnouncement

NODE = Subject("gateway", "node", NodeAnnouncement, Text("node", "节点"), audience="public")
ANNOUNCED = NODE.event("announced", Text("announced", "公告"))

# Public, so that it reaches all nodes above and below.
RESYNC = Subject("gateway", "resync", schemas.ResyncState, Text("resync", "重新同步"), audience="public")
ASKED = RESYNC.event("asked", Text("asked", "请求"))

RESTORE = Subject("gateway", "restore", RestoreAnnounced, Text("restore", "恢复"), audience="public")
RESTORE_ANNOUNCED = RESTORE.event("announced", Text("announced", "公告"))

ALL = (ANNOUNCED, ASKED, RESTORE_ANNOUNCED)
