"""Sessions as they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from services.accounts.documents import Account, Credentials, Session
from services.accounts.domain import sessions as rules
from services.accounts.domain.policy import Policy
from services.accounts.domain.sessions import Family
from shared.call import Call
from shared.ids import new_id


def family(session: Session) -> Family:
    return Family(session.digest, session.begun_at, session.used_at, session.ended_at)


def not_before(account: Account, kept: Credentials) -> datetime | None:
    """Sessions that began earlier are over."""
    return max(filter(None, (account.sessions_from, kept.changed_at)), default=None)


def begin(call: Call, account: Account, organisation: str | None, policy: Policy) -> tuple[Session, str]:
    """A new session and its first refresh token."""
    secret = rules.new_secret()
    ends = rules.ends_at(Family(rules.digest(secret), call.now, call.now), policy)
    session = Session(
        id=new_id(),
        account=account.id,
        organisation=organisation,
        digest=rules.digest(secret),
        begun_at=call.now,
        used_at=call.now,
        ends_at=ends,
        address=call.origin or None,
    )
    session.save(force_insert=True)
    return session, f"{session.id}.{secret}"


def renew(call: Call, session: Session, policy: Policy) -> str | None:
    """The session's next refresh token; None where the present one was used meanwhile."""
    secret = rules.new_secret()
    session.ends_at = rules.ends_at(family(session)._replace(used_at=call.now), policy)
    fresh = {"digest": rules.digest(secret), "used_at": call.now, "ends_at": session.ends_at}
    present = {"_id": session.id, "digest": session.digest, "ended_at": None}
    done = Session._get_collection().update_one(present, {"$set": fresh})
    return f"{session.id}.{secret}" if done.matched_count else None


def end(now: datetime, session_id: str, reason: str) -> None:
    going = {"_id": session_id, "ended_at": None}
    Session._get_collection().update_one(going, {"$set": {"ended_at": now, "reason": reason}})


def end_all(now: datetime, account_id: str, reason: str) -> int:
    """How many were going on."""
    going = {"account": account_id, "ended_at": None}
    done = Session._get_collection().update_many(going, {"$set": {"ended_at": now, "reason": reason}})
    return int(done.modified_count)


def going(now: datetime, account: Account, kept: Credentials) -> Iterator[Session]:
    since = not_before(account, kept)
    for session in Session.objects(account=account.id, ended_at=None, ends_at__gt=now).order_by("-id"):
        if since is None or session.begun_at >= since:
            yield session


def purge(now: datetime) -> None:
    Session._get_collection().delete_many({"ends_at": {"$lt": now}})
