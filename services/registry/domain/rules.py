"""All rules of the registry that areas may set; each stands in the module of its subject."""

from __future__ import annotations

from typing import Any

from services.registry.domain import clocks, credit, inspection, listings, lives, organisations
from shared.arearules import AreaRule, table

RULES: dict[str, AreaRule[Any]] = dict(
    table(
        [*organisations.RULES, *clocks.RULES, *lives.RULES, *inspection.RULES, *listings.RULES, *credit.RULES]
    )
)
