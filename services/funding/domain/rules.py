"""All rules of funding that areas may set; each stands in the module of its subject."""

from __future__ import annotations

from typing import Any

from services.funding.domain import (
    amendments,
    clawback,
    contracts,
    early_warnings,
    opendata,
    payments,
    rectification,
)
from shared.arearules import AreaRule, table

RULES: dict[str, AreaRule[Any]] = dict(
    table(
        [
            *amendments.RULES,
            *clawback.RULES,
            *contracts.RULES,
            *opendata.RULES,
            *payments.RULES,
            *early_warnings.RULES,
            *rectification.RULES,
        ]
    )
)
