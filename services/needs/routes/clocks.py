"""The timer of deadlines."""

from __future__ import annotations

from typing import ClassVar

from services.needs.commands.clocks import TIMED
from shared.clocks.routes import ClockRoutes


class NeedsClockRoutes(ClockRoutes):
    """期限"""

    timed: ClassVar = TIMED
