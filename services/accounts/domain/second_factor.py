"""The second factor: codes of an authenticator (TOTP, RFC 6238), each good once, and recovery codes."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime

import pyotp

from services.accounts.domain.sessions import digest

PERIOD = 30  # seconds of one code (RFC 6238 5.2)
DRIFT = 1  # periods by which the clock of a telephone may differ, either way
RECOVERY_CODES = 10


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226 4)."""
    return pyotp.random_base32()


def uri(secret: str, login: str, node: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret, interval=PERIOD).provisioning_uri(name=login, issuer_name=node)


def step(secret: str, code: str, now: datetime, last: int) -> int | None:
    """The number of the period whose code this is, None for a wrong code. A code of the period `last`, or of one
    before it, was used or let pass and is not taken again (RFC 6238 5.2)."""
    present = int(now.timestamp()) // PERIOD
    totp = pyotp.TOTP(secret, interval=PERIOD)
    for each in range(max(present - DRIFT, last + 1), present + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(each).encode(), code.encode()):
            return each
    return None


def recovery_codes() -> list[str]:
    """Of 49 random bits each, in two groups: `k3v9x-2mq7p`."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike

    def made() -> str:
        text = "".join(secrets.choice(letters) for _ in range(10))
        return f"{text[:5]}-{text[5:]}"

    return [made() for _ in range(RECOVERY_CODES)]


def recovery_digest(code: str) -> str:
    return digest(code.strip().casefold())
