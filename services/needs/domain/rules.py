"""All rules of needs that areas may set; each stands in the module of its subject."""

from __future__ import annotations

from typing import Any

from services.needs.domain import hotline, menu, volunteers
from shared.arearules import AreaRule, table

RULES: dict[str, AreaRule[Any]] = dict(table([*hotline.RULES, *menu.RULES, *volunteers.RULES]))
