"""The day on which something is done."""

from __future__ import annotations

from datetime import date

from shared import clock
from shared.call import Call


def today(call: Call) -> date:
    return call.now.astimezone(clock.CHINA).date()
