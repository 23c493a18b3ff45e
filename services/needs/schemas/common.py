"""What forms of several subjects share."""

from __future__ import annotations

from datetime import datetime

from marshmallow import validate

from shared.errors import Text
from shared.fields import wrong

TITLE = validate.Length(1, 200)
WORD = validate.Length(1, 50)
COUNT = validate.Range(0, 100_000_000)
LAST_YEAR = 2999  # the calendar's own end has no tomorrow, and in China's time no this evening


def foreseeable(moment: datetime) -> None:
    """Raise ValidationError for a time beyond LAST_YEAR."""
    if moment.year > LAST_YEAR:
        raise wrong(
            Text(f"The year {moment.year} is too far ahead.", f"{moment.year} 年过于遥远。"),
            Text(f"Give a time before {LAST_YEAR + 1}.", f"请填写 {LAST_YEAR + 1} 年以前的时间。"),
        )
