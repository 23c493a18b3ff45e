"""All rules of the registry that areas may set; each stands in the module of its subject."""

from __future__ import annotations

from typing import Any

from services.registry.domain import (
    admission,
    certificates,
    clocks,
    credit,
    directory,
    inspection,
    listings,
    lives,
    matters,
    names,
    organisations,
)
from shared.arearules import AreaRule, table

RULES: dict[str, AreaRule[Any]] = dict(
    table(
        [
            *admission.RULES,
            *clocks.RULES,
            *credit.RULES,
            *directory.RULES,
            *inspection.RULES,
            *listings.RULES,
            *lives.RULES,
            *matters.RULES,
            *certificates.RULES,
            *names.RULES,
            *organisations.RULES,
        ]
    )
)
