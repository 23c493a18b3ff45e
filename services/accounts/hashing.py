"""Argon2 (RFC 9106), in threads of the machine: it must not stand in the way of heartbeats and other requests."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from eventlet import tpool
from eventlet.semaphore import Semaphore

from services.accounts.domain import passwords
from services.accounts.domain.policy import Policy

# At once in a process: each takes `argon2_memory`, and the machine has few cores. Others wait their turn.
AT_ONCE = 2
_turn = Semaphore(AT_ONCE)


def hashed(password: str, policy: Policy) -> str:
    """In argon2's own form, with its salt and the parameters that it was made with."""
    with _turn:
        return str(tpool.execute(_hasher(policy).hash, passwords.normal(password)))


def verified(kept: str | None, password: str, policy: Policy) -> bool:
    """Whether it is the password. Takes as long where there is none to compare with."""
    with _turn:
        right = tpool.execute(
            _verified, _hasher(policy), kept or _nobodys(policy), passwords.normal(password)
        )
    return bool(right) and kept is not None


def prepare(policy: Policy) -> None:
    """Or the first who is unknown would have to wait longer than others.

    Each thread keeps what it once took for a hash: eventlet's usual twenty would come to 400 MiB.
    """
    tpool.set_num_threads(AT_ONCE)
    _nobodys(policy)


def outdated(kept: str, policy: Policy) -> bool:
    """Whether it was made with other parameters than are used now."""
    return _hasher(policy).check_needs_rehash(kept)


def _verified(hasher: PasswordHasher, kept: str, password: str) -> bool:
    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=4)
def _hasher(policy: Policy) -> PasswordHasher:
    return PasswordHasher(policy.argon2_time, policy.argon2_memory, policy.argon2_lanes)


@lru_cache(maxsize=4)
def _nobodys(policy: Policy) -> str:
    """Of a password that nobody has."""
    return _hasher(policy).hash(passwords.made_up(policy))
