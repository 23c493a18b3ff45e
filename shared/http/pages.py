"""Pages: long lists are answered in parts, each naming where the next begins.

A cursor is opaque to callers. Inside it holds the sort key of the last item shown, so that what is inserted
or removed meanwhile neither repeats nor hides other items.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from marshmallow import fields, validate

from shared.errors import Text
from shared.fields import Schema, wrong

T = TypeVar("T")
LARGEST_PAGE = 200


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list; `next` is the cursor of what follows, None at the end."""

    items: Sequence[T]
    next: str | None = None

    @classmethod
    def of(cls, found: Sequence[T], limit: int, key: Callable[[T], Sequence[str | int]]) -> Page[T]:
        """The page from `limit + 1` found items: the one too many only tells that more follow."""
        if len(found) <= limit:
            return cls(found)
        shown = found[:limit]
        return cls(shown, cursor(*key(shown[-1])))


def cursor(*key: str | int) -> str:
    """The opaque form of a sort key."""
    raw = json.dumps(key, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Cursor(fields.String):
    """A cursor in a query: loads as the list of its key's values, which must be of `kinds`."""

    def __init__(self, *kinds: type[str] | type[int], **kwargs: Any) -> None:
        self.kinds = kinds or (str,)
        super().__init__(**kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
            key = json.loads(raw)
            json.dumps(key, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except (ValueError, TypeError, RecursionError, binascii.Error):
            key = None
        if not isinstance(key, list) or [type(part) for part in key] != list(self.kinds):
            raise wrong(
                Text("This is not a cursor of this list.", "这不是该列表的分页游标。"),
                Text(
                    "Take it unchanged from `next` of the page before, or leave it out to begin anew.",
                    "请原样使用上一页的 next 值；如需从头开始，请省略。",
                ),
            )
        return key


class PageQuery(Schema):
    """The parameters of every list. Lists sorted by more than an id say `cursor = Cursor(str, int)` or so."""

    cursor = Cursor(load_default=None, metadata={"description": "`next` of the page before"})
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LARGEST_PAGE))


@dataclass(frozen=True)
class PageOf:
    """The answer of a list: `{"items": [...], "next": cursor or null}`."""

    schema: type[Schema]


def page_of(schema: type[Schema]) -> PageOf:
    return PageOf(schema)
