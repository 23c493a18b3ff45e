"""The platform's own fields: what they take, what they show, what they say of the rest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from marshmallow import ValidationError, fields

from shared import money
from shared.errors import Text
from shared.fields import Area, Day, DayText, Fen, Id, Moment, Said, Schema, wrong

pytestmark = pytest.mark.unit

AN_ID = "0198c0de-0000-7000-8000-000000000001"


@pytest.mark.parametrize(
    ("field", "outside", "inside"),
    [
        (Fen(), 0, 0),
        (Fen(), money.LARGEST, money.LARGEST),
        (Area(), "230102", "230102"),
        (Area(), "230102001001", "230102001001"),
        (Moment(), "2026-03-01T09:30:00+08:00", datetime(2026, 3, 1, 1, 30, tzinfo=UTC)),
        (Moment(), "2026-03-01t01:30:00.1239z", datetime(2026, 3, 1, 1, 30, 0, 123000, tzinfo=UTC)),
        (Day(), "2026-03-01", date(2026, 3, 1)),
        (DayText(), "2026-03-01", "2026-03-01"),
        (Id(), AN_ID, AN_ID),
        (Id(), AN_ID.upper(), AN_ID),
    ],
)
def test_good_values_load(field: fields.Field[Any], outside: Any, inside: Any) -> None:
    assert field.deserialize(outside) == inside


@pytest.mark.parametrize(
    ("field", "value"),
    [(Fen(), value) for value in (-1, money.LARGEST + 1, 1.0, "1", True)]
    + [(Area(), value) for value in ("", "23010", "23010200", "2301020010010", "２３０１０２", 230102, None)]
    + [
        (Moment(), value)
        for value in (
            "2026-03-01",
            "2026-03-01T09:30:00",
            "20260301T093000Z",
            "2026-02-30T09:30:00Z",
            "0001-01-01T00:00:00+14:00",
            0,
        )
    ]
    + [(Day(), value) for value in ("2026-02-30", "20260301", "2026-W09-7", 0)]
    + [(Id(), value) for value in ("1", "{" + AN_ID + "}", AN_ID.replace("-", ""), AN_ID + "\n", 1)],
)
def test_bad_values_are_refused_in_both_languages(field: fields.Field[Any], value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        field.deserialize(value)
    (message,) = caught.value.messages
    if value is not None:
        assert isinstance(message, Said)
        assert message.reason.zh
        assert message.remedy.zh


def test_values_show_as_they_came() -> None:
    class Everything(Schema):
        amount = Fen()
        area = Area()
        at = Moment()
        day = Day()
        id = Id()

    shown = {
        "amount": 7,
        "area": "230102",
        "at": "2026-03-01T01:30:00.000Z",
        "day": "2026-03-01",
        "id": AN_ID,
    }
    assert Everything().dump(Everything().load(shown)) == shown
    nothing = dict.fromkeys(shown)
    assert Everything().dump(nothing) == nothing


def test_a_day_that_the_store_kept_as_midnight_shows_as_a_day() -> None:
    assert Day()._serialize(datetime(2026, 3, 1, tzinfo=UTC), None, None) == "2026-03-01"


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="Unknown field"):
        Schema().load({"x": 1})


def test_own_rules_of_a_schema_speak_both_languages_too() -> None:
    error = wrong(Text("a", "甲"), Text("b", "乙"), "name")
    assert error.normalized_messages() == {"name": [Said(Text("a", "甲"), Text("b", "乙"))]}
