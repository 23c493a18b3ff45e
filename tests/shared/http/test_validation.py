"""Marshmallow's own messages are all told in both languages."""

from __future__ import annotations

import inspect
import re
import string
from collections.abc import Iterator
from typing import Any

import marshmallow
import pytest
from marshmallow import ValidationError, fields, validate, validates_schema

from shared import fields as own
from shared.errors import Text
from shared.fields import Schema, wrong
from shared.http import validation

pytestmark = pytest.mark.unit

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What stands in the messages' places when marshmallow fills them.
PLACES = {
    "obj_type": "datetime",
    "awareness": "aware",
    "choices": "a, b",
    "values": "a, b",
    "other": "7",
    "min": "1",
    "max": "9",
    "equal": "3",
}


def messages() -> Iterator[str]:
    """Every message that marshmallow's fields and schemas can give to a request."""
    kinds = [
        kind for _, kind in inspect.getmembers(fields, inspect.isclass) if issubclass(kind, fields.Field)
    ]
    tables = [vars(kind).get("default_error_messages", {}) for kind in kinds]
    for table in [*tables, marshmallow.Schema._default_error_messages]:
        for code, message in table.items():
            if code != "format":  # of dumping, which requests never see
                yield message


def test_every_message_of_the_fields_is_translated() -> None:
    told = {message: validation.told(_filled(message)) for message in messages()}
    assert len(told) > 20
    for message, said in told.items():
        assert said.reason.en != message, f"{message} is not translated"
        for text in (said.reason.zh, said.remedy.zh):
            assert CHINESE.search(text), f"{message} is told as {text}"
            assert "{" not in text


def _filled(message: str) -> str:
    names = [name for _, name, _, _ in string.Formatter().parse(message) if name]
    return message.format(**{name: PLACES[name] for name in names})


@pytest.mark.parametrize(
    ("validator", "value"),
    [
        (validate.Length(min=2), "a"),
        (validate.Length(max=2), "abc"),
        (validate.Length(min=2, max=3), "a"),
        (validate.Length(equal=2), "a"),
        (validate.Range(min=2), 1),
        (validate.Range(max=2), 3),
        (validate.Range(min=2, max=3), 1),
        (validate.Range(2, 3, min_inclusive=False, max_inclusive=False), 3),
        (validate.OneOf(["a", "b"]), "c"),
        (validate.NoneOf(["a"]), "a"),
        (validate.ContainsOnly(["a"]), ["b"]),
        (validate.ContainsNoneOf(["a"]), ["a"]),
        (validate.Equal(2), 1),
        (validate.Regexp("a"), "b"),
        (validate.Email(), "a"),
        (validate.URL(), "a"),
        (validate.Predicate("isdigit"), "a"),
    ],
)
def test_every_validator_is_translated(validator: Any, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        validator(value)
    (message,) = caught.value.messages
    said = validation.told(message)
    assert said.reason.en != message
    assert CHINESE.search(said.reason.zh)
    assert CHINESE.search(said.remedy.zh)
    assert "{" not in said.remedy.en + said.remedy.zh


def test_limits_are_told() -> None:
    with pytest.raises(ValidationError) as caught:
        validate.Range(1, 200)(201)
    said = validation.told(caught.value.messages[0])
    assert said.remedy == Text(
        "Give a value greater than or equal to 1 and less than or equal to 200.",
        "请填写大于或等于 1 且小于或等于 200 的值。",
    )


def test_a_message_that_nobody_translated_is_told_as_it_is() -> None:
    said = validation.told("Odd.")
    assert said.reason.en == "Odd."
    assert "Odd." in said.reason.zh


class Item(Schema):
    amount = own.Fen(required=True)


class Whole(Schema):
    items = fields.List(fields.Nested(Item))
    by_area = fields.Dict(keys=own.Area(), values=own.Fen())
    start = own.Day()
    end = own.Day()

    @validates_schema
    def _order(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("start") and data.get("end") and data["start"] > data["end"]:
            raise wrong(Text("It ends before it starts.", "结束早于开始。"), Text("Swap.", "请调换。"), "end")


def test_faults_stand_at_their_dotted_paths() -> None:
    with pytest.raises(ValidationError) as caught:
        Whole().load(
            {"items": [{"amount": 1}, {}, {"amount": -1, "x": 1}], "by_area": {"1": 1, "230102": "x"}}
        )
    problem = validation.invalid(caught.value, Text("request body", "请求体"))
    assert sorted(fault.field for fault in problem.faults) == [
        "by_area.1.key",
        "by_area.230102.value",
        "items.1.amount",
        "items.2.amount",
        "items.2.x",
    ]


def test_a_rule_over_several_fields_names_the_one_to_correct() -> None:
    with pytest.raises(ValidationError) as caught:
        Whole().load({"start": "2026-03-02", "end": "2026-03-01"})
    problem = validation.invalid(caught.value, Text("request body", "请求体"))
    assert problem.field == "end"
    assert problem.faults[0].reason.zh == "结束早于开始。"
