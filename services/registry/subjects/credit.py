"""What is told of credit records."""

from __future__ import annotations

from services.registry.schemas.credit import CreditEntryState
from shared.errors import Text
from shared.events.types import Subject

CREDIT_ENTRY = Subject("registry", "credit_entry", CreditEntryState, Text("credit entry", "信用信息"))
RECORDED = CREDIT_ENTRY.event("recorded", Text("recorded", "录入"))
REPAIR_ASKED = CREDIT_ENTRY.event("repair_asked", Text("repair asked", "申请修复"))
REPAIRED = CREDIT_ENTRY.event("repaired", Text("repaired", "修复"))
REPAIR_REFUSED = CREDIT_ENTRY.event("repair_refused", Text("repair refused", "不予修复"))
REVOKED = CREDIT_ENTRY.event("revoked", Text("revoked", "撤销"))
ENDED = CREDIT_ENTRY.event("ended", Text("ended", "终止"))
ALL = (RECORDED, REPAIR_ASKED, REPAIRED, REPAIR_REFUSED, REVOKED, ENDED)
