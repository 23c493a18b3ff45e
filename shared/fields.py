"""Marshmallow fields for the platform's own kinds of values; their faults speak both languages.

All of them derive from marshmallow's fields, so that JSON Schema and OpenAPI see plain types and formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import marshmallow
from marshmallow import RAISE, ValidationError, fields

from shared import areas, clock, money
from shared.errors import Text


class Said(NamedTuple):
    """A fault's message in both languages, where marshmallow keeps plain English strings."""

    reason: Text
    remedy: Text


def wrong(reason: Text, remedy: Text, field: str = "_schema") -> ValidationError:
    """The ValidationError to raise from own validators; `field` is for validators of a whole schema."""
    return ValidationError([Said(reason, remedy)], field)


class Schema(marshmallow.Schema):
    """The base of all requests and answers: what it does not know it refuses."""

    class Meta:
        unknown = RAISE


class PartOrNone(fields.Nested):
    """A part that there may be none of. The store keeps that as an empty mapping; it is told as null, since whoever
    reads it holds a part against what a part must have."""

    def __init__(self, nested: type[Schema], **more: Any) -> None:
        super().__init__(nested, load_default=None, allow_none=True, **more)

    def _serialize(self, nested_obj: Any, attr: Any, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return super()._serialize(nested_obj or None, attr, obj, **kwargs)  # type: ignore[no-untyped-call]


NO_AMOUNT = wrong(
    Text("This is not an amount in whole fen.", "这不是以整数“分”为单位的金额。"),
    Text(
        f"Give an integer of fen (1 yuan = 100) from 0 to {money.LARGEST}, without quotes.",
        f"请填写 0 至 {money.LARGEST} 之间的整数（单位：分，1 元 = 100 分），不加引号。",
    ),
)
NO_AREA = wrong(
    Text("This is not a division code.", "这不是行政区划代码。"),
    Text(
        "Give the official code: 6 digits for a district, 9 for a street, 12 for a community.",
        "请填写官方代码：区 6 位、街道 9 位、社区 12 位数字。",
    ),
)
NO_MOMENT = wrong(
    Text("This is not a time with its offset.", "这不是带时区的时间。"),
    Text(
        "Give an RFC 3339 time like 2026-03-01T09:30:00+08:00.", "请按 2026-03-01T09:30:00+08:00 的格式填写。"
    ),
)
NO_DAY = wrong(
    Text("This is not a date.", "这不是日期。"),
    Text("Give a date like 2026-03-01.", "请按 2026-03-01 的格式填写。"),
)
NO_ID = wrong(
    Text("This is not an identifier.", "这不是有效编号。"),
    Text("Give the id (a UUID) as an answer or an event told it.", "请填写系统返回的编号（UUID）。"),
)


def _again(error: ValidationError) -> ValidationError:
    """A fresh exception: a shared one would collect tracebacks."""
    return ValidationError(error.messages)


def _documented(metadata: Mapping[str, Any] | None, **facts: Any) -> dict[str, Any]:
    return facts | dict(metadata or {})


class Fen(fields.Integer):
    """An amount of money in fen 分: a non-negative JSON integer up to money.LARGEST."""

    def __init__(self, **kwargs: Any) -> None:
        about = _documented(
            kwargs.pop("metadata", None),
            format="int64",
            minimum=0,
            maximum=money.LARGEST,
            description="fen 分",
        )
        super().__init__(strict=True, metadata=about, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= money.LARGEST:
            raise _again(NO_AMOUNT)
        return value


class Area(fields.String):
    """A division code 区划代码 of 6, 9 or 12 digits."""

    def __init__(self, **kwargs: Any) -> None:
        about = _documented(
            kwargs.pop("metadata", None), pattern=r"^\d{6}(\d{3}){0,2}$", examples=["230102001"]
        )
        super().__init__(metadata=about, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not areas.is_area(value):
            raise _again(NO_AREA)
        return value


_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


class Moment(fields.DateTime):
    """A point in time: RFC 3339 with its offset outside, an aware UTC datetime in milliseconds inside."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | float | None:
        return None if value is None else clock.text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not _RFC3339.fullmatch(value):
            raise _again(NO_MOMENT)
        try:
            return clock.parse(value.upper())
        except (ValueError, OverflowError):
            raise _again(NO_MOMENT) from None


class Day(fields.Date):
    """A calendar day: 2026-03-01. The store keeps days as midnights, which are answered as days too."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | float | None:
        if isinstance(value, datetime):
            value = value.date()
        return value.isoformat() if isinstance(value, date) else value

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise _again(NO_DAY)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _again(NO_DAY) from None


class DayText(Day):
    """A calendar day that is kept as its text: for what the store keeps as plain dictionaries, which know no days."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return super()._deserialize(value, attr, data, **kwargs).isoformat()


class Id(fields.String):
    """The id of a record: a UUID in its usual form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=_documented(kwargs.pop("metadata", None), format="uuid"), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise _again(NO_ID)
        return value.lower()
