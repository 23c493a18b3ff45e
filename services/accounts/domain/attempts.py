"""Failed attempts: so many within a time, then none for a while (GB/T 22239-2019 8.1.4.1 b)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.accounts.domain.policy import Limit

# Requests at the same time are not looked at in the order of their times. A clock that was set back by more than this
# locks nobody for longer than was meant.
SKEW = timedelta(minutes=1)


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
    return tries.until if tries.since - SKEW <= now < tries.until else None


def one_more(tries: Tries, now: datetime, limit: Limit) -> Tries:
    """After one more attempt that may fail. It counts before it is looked at, so that many at once are as many as
    one after the other; success takes it back."""
    count, since = 1, now
    going = tries.since if tries.until is None else None
    if going is not None and going - SKEW <= now <= going + limit.window:
        count, since = tries.count + 1, going
    return Tries(count, since, now + limit.pause if count >= limit.failures else None)


def one_less(tries: Tries, limit: Limit) -> Tries:
    """One of the attempts was no failure after all: others of the address still are."""
    if tries.count <= 1:
        return NONE
    count = tries.count - 1
    return Tries(count, tries.since, tries.until if count >= limit.failures else None)
