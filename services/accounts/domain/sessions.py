"""Sessions: a family of refresh tokens, of which the newest is good once and any older one ends them all."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from services.accounts.domain.policy import Policy

Verdict = Literal["good", "reused", "ended"]


class Family(NamedTuple):
    """What is kept of a session: of its tokens only the digest of the newest."""

    digest: str
    begun_at: datetime
    used_at: datetime
    ended_at: datetime | None = None


def new_secret() -> str:
    """256 random bits: no guess, so a plain digest of it is enough to keep."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def same(secret: str, kept: str) -> bool:
    return hmac.compare_digest(digest(secret), kept)


def split(token: str) -> tuple[str, str]:
    """The session's id and the secret of a refresh token; empty ones for what is none."""
    session, _, secret = token.partition(".")
    return session, secret


def ends_at(family: Family, policy: Policy) -> datetime:
    """When the session is over if nobody refreshes it."""
    idle = family.used_at + timedelta(minutes=policy.idle_minutes)
    return min(idle, family.begun_at + timedelta(hours=policy.session_hours))


def presented(
    family: Family, secret: str, now: datetime, policy: Policy, not_before: datetime | None
) -> Verdict:
    """What a refresh token is worth now. `not_before`: sessions that began earlier are over, since the account's
    rights or password changed.

    A secret that is not the newest was good once, or was guessed: either way somebody else has one.
    """
    if family.ended_at is not None or now >= ends_at(family, policy):
        return "ended"
    if not_before is not None and family.begun_at < not_before:
        return "ended"
    return "good" if same(secret, family.digest) else "reused"
