"""Routes of runs, and what works them off."""

from __future__ import annotations

from typing import Any

from nameko.timer import timer

from services.registry.commands import runs as commands
from services.registry.queries import runs as queries
from services.registry.schemas import runs as schemas
from shared import runtime
from shared.background import Background
from shared.call import Call
from shared.http import get, page_of, post
from shared.service import HOUR

Data = dict[str, Any]


class RunRoutes:
    """批量办理"""

    running = Background(commands.WORK, "services.registry.commands.runs:work_on")

    @timer(interval=HOUR)
    def look_at_deadlines(self) -> None:
        """Not where requests tell the time: there the machine's clock says nothing of what is due."""
        if runtime.node().clock == "wall":
            commands.start_daily(Call(node=runtime.node(), service=runtime.service()))

    @post(
        "/runs", body=schemas.NewRun, answer=schemas.RunView, status=201,
        summary="Begin work over all organisations of an area 批量办理",
    )  # fmt: skip
    def start_run(self, call: Call, body: Data) -> Any:
        return commands.start(call, body)

    @get(
        "/runs", query=schemas.RunQuery, answer=page_of(schemas.RunView),
        summary="Runs and their progress 批量办理进度",
    )  # fmt: skip
    def runs(self, call: Call, query: Data) -> Any:
        return queries.runs(call, query)

    @get(
        "/runs/<id>", answer=schemas.RunView,
        summary="One run and its progress 批量办理进度",
    )  # fmt: skip
    def run(self, call: Call, id: str) -> Any:
        return queries.run(call, id)

    @post(
        "/runs/<id>/stop", answer=schemas.RunView,
        summary="End a run where it stands 中止批量办理",
    )  # fmt: skip
    def stop_run(self, call: Call, id: str) -> Any:
        return commands.stop(call, id)
