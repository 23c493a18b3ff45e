"""Bearer tokens for the roles of a replay, signed by the nodes of this machine's home and renewed in time."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.replay.plan import Role
from shared import areas, keys
from shared.call import Grant

RENEWED = 300.0  # seconds before its end at which a token is no longer used


def nearest(nodes: Mapping[str, object], area: str) -> str:
    """The node at the area or next above it. Raises LookupError where there is none."""
    for candidate in reversed(areas.path(area)):
        if candidate in nodes:
            return candidate
    raise LookupError(f"no node at {area} or above it")


class Tokens:
    """Tokens by role, made when they are first asked for. Safe to use from several threads."""

    def __init__(self, signing: Mapping[str, Ed25519PrivateKey]) -> None:
        """`signing`: the private keys of nodes by area."""
        self._keys = signing
        self._made: dict[tuple[str, str, str, str | None], tuple[str, float]] = {}
        self._lock = threading.Lock()

    def of(self, role: Role, organisation: str | None) -> str:
        """The token of a role, signed by the nearest node that may vouch for its area."""
        wanted = (role.name, role.area, role.subject, organisation)
        with self._lock:
            token, until = self._made.get(wanted, ("", 0.0))
            if time.monotonic() < until:
                return token
            node = nearest(self._keys, role.area)
            subject = subject_of(role)
            grant = Grant(role.name, role.area)
            token = keys.issue(self._keys[node], node, subject, [grant], organisation)
            self._made[wanted] = token, time.monotonic() + keys.LIFETIME - RENEWED
            return token

    def forget(self) -> None:
        """Make new ones at the next question (the clocks may have moved)."""
        with self._lock:
            self._made.clear()


def subject_of(role: Role) -> str:
    """The same for every run, since Idempotency-Keys belong to the subject that sent them."""
    return role.subject or f"replay:{role.name}@{role.area}"
