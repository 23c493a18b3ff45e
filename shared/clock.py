"""Time: one clock for the domain that tests and replays can set, and the machine's own for machinery.

`now()` is when something happens in the domain (a decision, a deadline's start). `wall()` is the machine's
time, for leases, tokens, retries and ages. Both are aware, UTC, cut to whole milliseconds, which is what
the store keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # one zone, no summer time since 1991

_set: ContextVar[datetime | None] = ContextVar("hatchery_now", default=None)


def _milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def wall() -> datetime:
    return _milliseconds(datetime.now(UTC))


def now() -> datetime:
    return _set.get() or wall()


@contextmanager
def at(moment: datetime | None) -> Iterator[None]:
    """Let the domain's clock stand at `moment` (aware) within the block; None leaves it at the wall's time."""
    if moment is not None:
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = _milliseconds(moment.astimezone(UTC))
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)


def parse(text: str) -> datetime:
    """An RFC 3339 time with its offset, as UTC. Raises ValueError without an offset or outside the calendar."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    try:
        return _milliseconds(moment.astimezone(UTC))
    except OverflowError as error:
        raise ValueError(f"{text!r} lies outside the calendar in UTC") from error


def text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds: 2026-11-22T09:30:00.000Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
