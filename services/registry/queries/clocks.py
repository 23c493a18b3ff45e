"""What can be asked of days that areas work differently."""

from __future__ import annotations

from typing import Any

from services.registry.documents.clocks import CalendarDay
from shared.store.queries import get, page

calendar_day = get(CalendarDay)


def calendar_days(query: dict[str, Any]) -> Any:
    return page(CalendarDay, query)
