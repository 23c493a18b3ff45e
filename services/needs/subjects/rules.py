"""What is told of the rules of areas."""

from __future__ import annotations

from shared.arearules import settings
from shared.errors import Text

AREA_RULE = settings.subject("needs")
AREA_RULE_SET = AREA_RULE.event("set", Text("set", "设定"))

ALL = (AREA_RULE_SET,)
