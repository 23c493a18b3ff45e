"""What is told of drafts and their attachments: within their node, and to the one that takes them over."""

from __future__ import annotations

from services.funding.schemas.attachments import AttachmentState
from services.funding.schemas.drafts import DraftState
from shared.errors import Text
from shared.events.types import Subject

DRAFT = Subject("funding", "draft", DraftState, Text("draft of an application", "申报草稿"), audience="node")
BEGUN = DRAFT.event("begun", Text("begun", "新建"))
WRITTEN = DRAFT.event("written", Text("written", "修改"))
SUBMITTED = DRAFT.event("submitted", Text("submitted", "提交"))
DISPOSED = DRAFT.event("disposed", Text("disposed of", "作废"))

ATTACHMENT = Subject("funding", "attachment", AttachmentState, Text("attachment", "附件"), audience="node")
RECEIVED = ATTACHMENT.event("received", Text("received", "收到"))
CLEARED = ATTACHMENT.event("cleared", Text("found clean", "查验无害"))
CONDEMNED = ATTACHMENT.event("condemned", Text("found harmful", "查验有害"))
REMOVED = ATTACHMENT.event("removed", Text("removed", "移除"))

ALL = (BEGUN, WRITTEN, SUBMITTED, DISPOSED, RECEIVED, CLEARED, CONDEMNED, REMOVED)
