"""Failed attempts, as they are kept: counted before they are looked at, by account and by address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from pymongo.errors import DuplicateKeyError

from services.accounts.documents import Attempts
from services.accounts.domain import attempts as rules
from services.accounts.domain.attempts import NONE, Tries
from services.accounts.domain.policy import Limit, Policy
from shared.errors import Text, TooMany

ROUNDS = 20  # of a change that meets others at the same time


class Counted(NamedTuple):
    """What an attempt counts for; `locks` where it was the last one for a while."""

    account: str
    address: str
    locks: bool


def key_of_login(login: str) -> str:
    """Whether or not there is such an account: locking must not tell."""
    return _key("login", login)


def begin(login: str, address: str, now: datetime, policy: Policy) -> Counted:
    """Count an attempt. Raises TooMany where none is looked at for now."""
    account, caller = key_of_login(login), _key("address", address)
    _more(caller, now, policy.of_address)
    locks = _more(account, now, policy.of_account)
    return Counted(account, caller, locks)


def begin_address(address: str, now: datetime, policy: Policy) -> Counted:
    """The same where secrets are too long to be guessed, and only the address counts."""
    caller = _key("address", address)
    _more(caller, now, policy.of_address)
    return Counted("", caller, False)


def succeeded(counted: Counted, policy: Policy) -> None:
    """Take it back."""
    if counted.account:
        Attempts.objects(id=counted.account).delete()
    _change(counted.address, lambda tries: rules.one_less(tries, policy.of_address))


def forget(login: str) -> None:
    """Unlock."""
    Attempts.objects(id=key_of_login(login)).delete()


def purge(now: datetime) -> None:
    """Longer ago than any window or pause lasts: both are a day at most."""
    Attempts._get_collection().delete_many({"since": {"$lt": now - timedelta(days=3)}})


def _key(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"


def _more(key: str, now: datetime, limit: Limit) -> bool:
    """Whether this one was the last for a while. Raises TooMany."""

    def change(tries: Tries) -> Tries:
        if until := rules.locked(tries, now):
            raise _too_many(until, now)
        return rules.one_more(tries, now, limit)

    return _change(key, change).until is not None


def _too_many(until: datetime, now: datetime) -> TooMany:
    seconds = max(1, int((until - now).total_seconds()))
    return TooMany(
        "too-many-attempts",
        Text("There were too many failed attempts.", "失败次数过多。"),
        Text(
            f"Wait {seconds // 60 + 1} minutes, or ask the security officer.",
            f"请等待 {seconds // 60 + 1} 分钟，或联系安全管理员解锁。",
        ),
        retry_after=seconds,
    )


def _change(key: str, change: Callable[[Tries], Tries]) -> Tries:
    """Read, apply the rule, write where nobody else has written since. Raises TooMany after ROUNDS."""
    collection = Attempts._get_collection()
    for _ in range(ROUNDS):
        kept = collection.find_one({"_id": key})
        before = Tries(kept["count"], kept.get("since"), kept.get("until")) if kept else NONE
        after = change(before)
        values = {"count": after.count, "since": after.since, "until": after.until}
        if kept is None:
            try:
                collection.insert_one({"_id": key} | values)
            except DuplicateKeyError:
                continue
            return after
        same = {"_id": key, "count": before.count, "since": before.since, "until": before.until}
        if collection.update_one(same, {"$set": values}).matched_count:
            return after
    raise TooMany(
        "too-many-at-once",
        Text("There are too many attempts at the same time.", "同时尝试的次数过多。"),
        Text("Try again in a moment.", "请稍后重试。"),
        retry_after=1,
    )
