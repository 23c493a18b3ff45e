"""All rules of needs that areas may set; each stands in the module of its subject."""

from __future__ import annotations

from typing import Any

from services.needs.domain import calls, crowdfunding, hotline, menu, notices, panels, volunteers
from shared.arearules import AreaRule, table

_OF = (calls, hotline, notices, panels, menu, volunteers, crowdfunding)
RULES: dict[str, AreaRule[Any]] = dict(table([rule for module in _OF for rule in module.RULES]))
