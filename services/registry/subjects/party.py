"""What is told of party organisations."""

from __future__ import annotations

from services.registry.schemas.party import PartyBranchState
from shared.errors import Text
from shared.events.types import Subject

BRANCH = Subject("registry", "party_branch", PartyBranchState, Text("party organisation", "党组织"))
BRANCH_FOUNDED = BRANCH.event("founded", Text("founded", "成立"))

ALL = (BRANCH_FOUNDED,)
