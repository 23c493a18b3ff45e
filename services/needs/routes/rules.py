"""Routes of area rules."""

from __future__ import annotations

from typing import ClassVar

from services.needs.domain.rules import RULES
from services.needs.subjects.rules import AREA_RULE_SET
from shared.arearules.settings import AreaRuleRoutes


class NeedRuleRoutes(AreaRuleRoutes):
    """地区规则"""

    area_rules: ClassVar = RULES
    area_rule_set: ClassVar = AREA_RULE_SET
