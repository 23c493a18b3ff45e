"""What is told of party organisations."""

from __future__ import annotations

from services.registry.schemas.party import PartyBranchState
from shared.errors import Text
from shared.events.types import Subject

BRANCH = Subject("registry", "party_branch", PartyBranchState, Text("party organisation", "党组织"))
BRANCH_FOUNDED = BRANCH.event("founded", Text("founded", "成立"))
BRANCH_CHANGED = BRANCH.event("changed", Text("changed", "变更"))
BRANCH_JOINED = BRANCH.event("joined", Text("an organisation joined", "加入"))
BRANCH_LEFT = BRANCH.event("left", Text("an organisation left", "退出"))
BRANCH_DISSOLVED = BRANCH.event("dissolved", Text("dissolved", "撤销"))

ALL = (BRANCH_FOUNDED, BRANCH_CHANGED, BRANCH_JOINED, BRANCH_LEFT, BRANCH_DISSOLVED)
