"""What forms of several subjects share."""

from __future__ import annotations

from marshmallow import validate

TITLE = validate.Length(1, 200)
WORD = validate.Length(1, 50)
COUNT = validate.Range(0, 100_000_000)
