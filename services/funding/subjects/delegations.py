"""What is told of delegations."""

from __future__ import annotations

from services.funding.schemas.delegations import DelegationState
from shared.errors import Text
from shared.events.types import Subject

DELEGATION = Subject("funding", "delegation", DelegationState, Text("delegated part of a fund", "资金下达"))
DELEGATED = DELEGATION.event("delegated", Text("delegated", "下达"))
RECALLED = DELEGATION.event("recalled", Text("asked back", "要求交回"))
RETURNED = DELEGATION.event("returned", Text("returned", "交回"))
ALL = (DELEGATED, RECALLED, RETURNED)
