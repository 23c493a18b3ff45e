"""Days of what is recorded."""

from __future__ import annotations

from datetime import date

from shared.errors import Refused, Text


def check_not_future(day: date, today: date, field: str) -> None:
    """Raise Refused for a day after `today` (in China's time): what is recorded has happened."""
    if day > today:
        raise Refused(
            "in-the-future",
            Text(f"{day} is still to come.", f"{day} 尚未到来。"),
            Text("Give the day on which it happened.", "请填写实际发生的日期。"),
            field=field,
        )
