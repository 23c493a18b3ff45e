"""The gateway's one subject: the node itself."""

from __future__ import annotations

from shared.errors import Text
from shared.events.types import Subject
from shared.store.nodes import NodeAnnouncement

NODE = Subject("gateway", "node", NodeAnnouncement, Text("node", "节点"), audience="public")
ANNOUNCED = NODE.event("announced", Text("announced", "公告"))

ALL = (ANNOUNCED,)
