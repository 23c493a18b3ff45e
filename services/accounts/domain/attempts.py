"""Failed attempts: so many within a time, then none for a while (GB/T 22239-2019 8.1.4.1 b)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.accounts.domain.policy import Limit


@dataclass(frozen=True)
class Tries:
    """What is known of one account's, or one address's, attempts. `count` are those that did not succeed."""

    count: int = 0
    since: datetime | None = None  # the first of them
    until: datetime | None = None  # no more before then


NONE = Tries()


def locked(tries: Tries, now: datetime) -> datetime | None:
    """Until when no attempt is looked at; None where one is."""
    if tries.until is None or tries.since is None:
        return None
    return tries.until if tries.since <= now < tries.until else None  # a clock that was set back locks nobody


def one_more(tries: Tries, now: datetime, limit: Limit) -> Tries:
    """After one more attempt that may fail. It counts before it is looked at, so that many at once are as many as
    one after the other; success takes it back."""
    over = (
        tries.until is not None or tries.since is None or not tries.since <= now <= tries.since + limit.window
    )
    count, since = (1, now) if over else (tries.count + 1, tries.since)
    return Tries(count, since, now + limit.pause if count >= limit.failures else None)


def one_less(tries: Tries, limit: Limit) -> Tries:
    """One of the attempts was no failure after all: others of the address still are."""
    if tries.count <= 1:
        return NONE
    count = tries.count - 1
    return Tries(count, tries.since, tries.until if count >= limit.failures else None)
