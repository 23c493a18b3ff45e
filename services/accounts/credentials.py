"""Changes of credentials, each one write that fails where somebody else was there first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from services.accounts import hashing
from services.accounts.documents import Account, Credentials
from services.accounts.domain import passwords, second_factor, sessions
from services.accounts.domain.policy import Policy


def of(account: Account) -> Credentials:
    found: Credentials = Credentials.objects.get(account=account.id)
    return found


def set_password(
    kept: Credentials, password: str, now: datetime, policy: Policy, *, first: bool
) -> datetime | None:
    """A new password; sessions that began before it are over. Returns until when it is good."""
    until = passwords.good_until(now, policy, first=first)
    before = [kept.password, *kept.history] if kept.password else kept.history
    change = {
        "password": hashing.hashed(password, policy),
        "first": first,
        "good_until": until,
        "changed_at": now,
        "history": before[: policy.password_history],
    }
    _update({"_id": kept.id}, {"$set": change})
    return until


def used_before(kept: Credentials, password: str, policy: Policy) -> bool:
    """Whether it is the present password or one of those before it."""
    known = [kept.password, *kept.history][: policy.password_history + 1]
    return any(hashing.verified(one, password, policy) for one in known if one)


def keep_up(kept: Credentials, password: str, policy: Policy) -> None:
    """Hash the password anew where the parameters have changed since: only now is it known."""
    if hashing.outdated(kept.password, policy):
        new = hashing.hashed(password, policy)
        _update({"_id": kept.id, "password": kept.password}, {"$set": {"password": new}})


def use_code(kept: Credentials, code: str, now: datetime) -> str | None:
    """`totp` or `recovery` where the code is good and was not used before; it is used now."""
    if step := second_factor.step(kept.totp, code.strip(), now, kept.totp_step):
        fresh = {"_id": kept.id, "totp_step": {"$lt": step}}
        return "totp" if _update(fresh, {"$set": {"totp_step": step}}) else None
    digest = second_factor.recovery_digest(code)
    left = {"_id": kept.id, "recovery": digest}
    return "recovery" if _update(left, {"$pull": {"recovery": digest}}) else None


def propose_totp(kept: Credentials, secret: str) -> None:
    _update({"_id": kept.id}, {"$set": {"totp_pending": secret}})


def confirm_totp(kept: Credentials, step: int, codes: list[str], now: datetime) -> bool:
    """The proposed secret counts from now on; False where another one was proposed or confirmed meanwhile."""
    change = {
        "totp": kept.totp_pending,
        "totp_step": step,
        "recovery": [second_factor.recovery_digest(code) for code in codes],
        "changed_at": now,
    }
    proposed = {"_id": kept.id, "totp_pending": kept.totp_pending}
    return _update(proposed, {"$set": change, "$unset": {"totp_pending": 1}})


def drop_totp(kept: Credentials) -> None:
    """Codes that were used stay used."""
    _update({"_id": kept.id}, {"$set": {"recovery": []}, "$unset": {"totp": 1, "totp_pending": 1}})


def add_secret(kept: Credentials, secret: str, now: datetime, until: datetime, overlap: timedelta) -> None:
    """A machine's new secret; the others end after the overlap at the latest."""
    going = [
        one | {"ends_at": min(one["ends_at"], now + overlap)}
        for one in kept.secrets
        if one["ends_at"] > now and overlap
    ]
    new = {"digest": sessions.digest(secret), "made_at": now, "ends_at": until}
    _update({"_id": kept.id}, {"$set": {"secrets": [*going, new]}})


def has_secret(kept: Credentials, secret: str, now: datetime) -> bool:
    return any(sessions.same(secret, one["digest"]) and now < one["ends_at"] for one in kept.secrets)


def identity(issuer: str, subject: str) -> str:
    """Subjects are unique within their issuer only."""
    return f"{issuer} {subject}"


def erase(kept: Credentials) -> None:
    """Nothing is left to sign in with, nor of who it was elsewhere."""
    gone = ("password", "totp", "totp_pending", "identity")
    _update(
        {"_id": kept.id},
        {"$set": {"history": [], "recovery": [], "secrets": []}, "$unset": dict.fromkeys(gone, 1)},
    )


def set_identity(kept: Credentials, told: str | None) -> None:
    """Raises DuplicateKeyError where it is another account's."""
    change = {"$set": {"identity": told}} if told else {"$unset": {"identity": 1}}
    _update({"_id": kept.id}, change)


def _update(where: dict[str, Any], change: dict[str, Any]) -> bool:
    return bool(Credentials._get_collection().update_one(where, change).matched_count)
