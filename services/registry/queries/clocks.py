"""What can be asked of deadlines."""

from __future__ import annotations

from typing import Any

from services.registry.documents.clocks import CalendarDay, Timed
from shared.call import Call
from shared.store.queries import get, page

MOST = 500  # clocks that the timer looks at in one go; the next minute has the next ones

calendar_day = get(CalendarDay)


def to_look_at(call: Call, kind: type[Timed]) -> list[Timed]:
    """Records of this node whose clock the timer has to look at, the oldest first."""
    due = kind.objects(look_at__lte=call.now, owner=call.node.area).order_by("look_at")
    return list(due.only("id", "due_step", "due_stage", "look_at").limit(MOST))


def calendar_days(query: dict[str, Any]) -> Any:
    return page(CalendarDay, query)
