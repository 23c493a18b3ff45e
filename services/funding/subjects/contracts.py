"""What is told of contracts."""

from __future__ import annotations

from services.funding.schemas.contracts import ContractState
from shared.errors import Text
from shared.events.types import Subject

CONTRACT = Subject("funding", "contract", ContractState, Text("contract", "协议"))
DRAFTED = CONTRACT.event("drafted", Text("drafted", "拟定"))
PRINTED = CONTRACT.event("printed", Text("printed", "打印"))
COPY_KEPT = CONTRACT.event("copy_kept", Text("signed copy kept", "签署件存档"))
SEALED = CONTRACT.event("sealed", Text("sealed", "用印"))
SIGNED = CONTRACT.event("signed", Text("signed", "签订"))
AMENDED = CONTRACT.event("amended", Text("amended", "变更"))
TERMINATED = CONTRACT.event("terminated", Text("terminated", "解除"))
ALL = (DRAFTED, PRINTED, COPY_KEPT, SEALED, SIGNED, AMENDED, TERMINATED)
