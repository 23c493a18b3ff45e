"""Routes of area rules."""

from __future__ import annotations

from typing import ClassVar

from services.registry.domain.rules import RULES
from services.registry.subjects.rules import AREA_RULE_SET
from shared.arearules.settings import AreaRuleRoutes


class RegistryRuleRoutes(AreaRuleRoutes):
    """地区规则"""

    area_rules: ClassVar = RULES
    area_rule_set: ClassVar = AREA_RULE_SET
