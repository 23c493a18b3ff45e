"""Routes of deadlines and of days that areas work differently."""

from __future__ import annotations

from typing import Any

from nameko.timer import timer

from services.registry.commands import clocks as commands
from services.registry.queries import clocks as queries
from services.registry.schemas import clocks as schemas
from shared import runtime
from shared.call import Call
from shared.http import get, page_of, post

Data = dict[str, Any]

MINUTE = 60


class ClockRoutes:
    """期限"""

    @timer(interval=MINUTE)
    def look_at_clocks(self) -> None:
        """Not where requests tell the time: there the machine's clock says nothing of what is due."""
        if runtime.node().clock == "wall":
            commands.run_clocks(Call(node=runtime.node(), service="registry"))

    @post(
        "/clocks/run", answer=schemas.RegistryClockRun,
        summary="Look at deadlines that are near or past 立即检查期限",
    )  # fmt: skip
    def run_clocks(self, call: Call) -> Any:
        return commands.run_clocks(call)

    @post(
        "/calendar-days", body=schemas.NewCalendarDay, answer=schemas.CalendarDayView, status=201,
        summary="Say that a day is worked, or not 设定工作日调整",
    )  # fmt: skip
    def set_calendar_day(self, call: Call, body: Data) -> Any:
        return commands.set_calendar_day(call, body)

    @get(
        "/calendar-days", query=schemas.CalendarDayQuery, answer=page_of(schemas.CalendarDayView),
        summary="Days that areas work differently 工作日调整",
    )  # fmt: skip
    def calendar_days(self, call: Call, query: Data) -> Any:
        return queries.calendar_days(query)

    @get(
        "/calendar-days/<id>", answer=schemas.CalendarDayView, summary="One such day 工作日调整",
    )  # fmt: skip
    def calendar_day(self, call: Call, id: str) -> Any:
        return queries.calendar_day(id)
