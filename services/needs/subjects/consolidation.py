"""What is told of decisions on proposals."""

from __future__ import annotations

from services.needs.schemas.consolidation import DistinctionState
from shared.errors import Text
from shared.events.types import Subject

# To the tiers above, too: what a street told apart its district does not propose again.
DISTINCTION = Subject("needs", "distinction", DistinctionState, Text("distinction", "非同类认定"))
TOLD_APART = DISTINCTION.event("told_apart", Text("told apart", "认定为非同类"))
ALL = (TOLD_APART,)
