"""The gateway's subjects: the node itself, its requests for state, and its restores."""

from __future__ import annotations

from services.gateway import schemas
from shared.audit.trail import ERASED
from shared.errors import Text
from shared.events.handlers import RestoreAnnounced
from shared.events.types import Subject
from shared.persons.requests import DataRequestState
from shared.store.nodes import NodeAnnouncement

NODE = Subject("gateway", "node", NodeAnnouncement, Text("node", "节点"), audience="public")
ANNOUNCED = NODE.event("announced", Text("announced", "公告"))

# Public, so that it reaches all nodes above and below.
RESYNC = Subject("gateway", "resync", schemas.ResyncState, Text("resync", "重新同步"), audience="public")
ASKED = RESYNC.event("asked", Text("asked", "请求"))

RESTORE = Subject("gateway", "restore", RestoreAnnounced, Text("restore", "恢复"), audience="public")
RESTORE_ANNOUNCED = RESTORE.event("announced", Text("announced", "公告"))

DATA_REQUEST = Subject(
    "gateway",
    "data_request",
    DataRequestState,
    Text("request about personal data", "个人信息请求"),
    audience="node",
)
DATA_REQUEST_RECEIVED = DATA_REQUEST.event("received", Text("received", "受理"))
DATA_REQUEST_EXECUTED = DATA_REQUEST.event("executed", Text("carried out at a service", "服务已办理"))
DATA_REQUEST_REFUSED = DATA_REQUEST.event("refused", Text("refused", "不予办理"))
DATA_REQUEST_CLOSED = DATA_REQUEST.event(
    ERASED, Text("closed, and who asked forgotten", "办结并删除请求人信息")
)

ALL = (
    ANNOUNCED,
    ASKED,
    RESTORE_ANNOUNCED,
    DATA_REQUEST_RECEIVED,
    DATA_REQUEST_EXECUTED,
    DATA_REQUEST_REFUSED,
    DATA_REQUEST_CLOSED,
)
