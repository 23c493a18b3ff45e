"""The timer of a service's clocks, and the route by which operators look at once."""

from __future__ import annotations

from typing import Any, ClassVar

from nameko.timer import timer

from shared import runtime
from shared.call import Call
from shared.clocks import looking
from shared.clocks.forms import ClockRun
from shared.http import post

MINUTE = 60


class ClockRoutes:
    """期限. Subclasses give the kinds of records that have clocks, each with what its clock tells."""

    name: ClassVar[str]
    timed: ClassVar[looking.Kinds]

    @timer(interval=MINUTE)
    def look_at_clocks(self) -> None:
        """Not where requests tell the time: there the machine's clock says nothing of what is due."""
        if runtime.node().clock == "wall":
            looking.run(Call(node=runtime.node(), service=self.name), self.timed)

    @post("/clocks/run", answer=ClockRun, summary="Look at deadlines that are near or past 立即检查期限")
    def run_clocks(self, call: Call) -> Any:
        return looking.run(call, self.timed)
