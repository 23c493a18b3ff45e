"""The subjects of notifications and the events that tell of them."""

from __future__ import annotations

from services.notifications import schemas
from shared.errors import Text
from shared.events.types import Subject

MESSAGE = Subject("notifications", "message", schemas.MessageState, Text("message", "消息"), audience="node")
SENT = MESSAGE.event("sent", Text("sent", "发送"))
READ = MESSAGE.event("read", Text("read", "已读"))

NOTICE = Subject("notifications", "notice", schemas.NoticeState, Text("notice", "公告"), audience="public")
POSTED = NOTICE.event("posted", Text("posted", "发布"))

REMINDER = Subject(
    "notifications", "reminder", schemas.ReminderState, Text("reminder", "提醒"), audience="node"
)
SET = REMINDER.event("set", Text("set", "设定"))
FIRED = REMINDER.event("fired", Text("fired", "发出"))
CLOSED = REMINDER.event("closed", Text("closed", "办结"))
# Whoever is told may be served by a node above: this one leaves the node.
ESCALATED = REMINDER.event("escalated", Text("escalated", "上报"), audience="area")

ALL = (SENT, READ, POSTED, SET, FIRED, CLOSED, ESCALATED)
