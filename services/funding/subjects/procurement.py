"""What is told of suppliers' queries and complaints: how they stand, never what they say."""

from __future__ import annotations

from services.funding.schemas.procurement import SupplierQueryState
from shared.errors import Text
from shared.events.types import Subject

SUPPLIER_QUERY = Subject(
    "funding", "supplier_query", SupplierQueryState, Text("supplier's query", "供应商质疑")
)
RAISED = SUPPLIER_QUERY.event("raised", Text("raised", "提出质疑"))
ANSWERED = SUPPLIER_QUERY.event("answered", Text("answered", "答复质疑"))
COMPLAINED = SUPPLIER_QUERY.event("complained", Text("complaint lodged", "提起投诉"))
SUSPENDED = SUPPLIER_QUERY.event("suspended", Text("purchase suspended", "暂停采购活动"))
DECIDED = SUPPLIER_QUERY.event("decided", Text("complaint decided", "投诉处理决定"))
ALL = (RAISED, ANSWERED, COMPLAINED, SUSPENDED, DECIDED)
