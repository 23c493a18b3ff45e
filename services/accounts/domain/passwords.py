"""Which passwords are good (GB/T 22239-2019 8.1.4.1 a; the figures are data), and how long."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta
from functools import cache
from importlib import resources

from services.accounts.domain.policy import Policy
from shared.errors import Fault, Refused, Text

LONGEST = 128  # characters: hashing more would only cost time
_LETTERS = "abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789"  # none that look alike


@cache
def common() -> frozenset[str]:
    """Passwords that are tried first, in small letters."""
    text = resources.files("services.accounts").joinpath("common-passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def normal(password: str) -> str:
    """As it is hashed: the same keys give the same password on every keyboard (NIST SP 800-63B 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, login: str, policy: Policy) -> None:
    """Raise Refused that names everything which is wrong with a new password."""
    found = _faults(normal(password), login, policy)
    if found:
        raise Refused(
            "password-too-weak",
            Text("The password is too weak.", "密码强度不足。"),
            Text("Choose another one; `errors` says why.", "请更换密码，原因见 errors。"),
            field="new_password",
            faults=tuple(Fault("new_password", *each) for each in found),
        )


def _faults(password: str, login: str, policy: Policy) -> list[tuple[Text, Text]]:
    folded, wrong = password.casefold(), []
    if not policy.password_length <= len(password) <= LONGEST:
        wrong.append(
            (
                Text("It has the wrong length.", "长度不符。"),
                Text(f"Give {policy.password_length} to {LONGEST} characters.",
                     f"请使用 {policy.password_length} 至 {LONGEST} 个字符。"),
            )
        )  # fmt: skip
    if _classes(password) < policy.password_classes:
        wrong.append(
            (
                Text("It is made of too few kinds of characters.", "字符种类过少。"),
                Text(
                    f"Mix {policy.password_classes} of: small letters, capitals, digits, others.",
                    f"请混用小写、大写、数字、其他字符中的 {policy.password_classes} 种。",
                ),
            )
        )
    if login and login in folded:
        wrong.append(
            (
                Text("It holds the sign-in name.", "包含登录名。"),
                Text("Leave the name out.", "请勿包含登录名。"),
            )
        )
    if _guessable(folded):
        wrong.append(
            (
                Text("It is one of those that are tried first.", "属于常见密码。"),
                Text("Take three or four words that do not belong together.", "请使用几个互不相关的词。"),
            )
        )
    return wrong


def _classes(password: str) -> int:
    kinds = (str.islower, str.isupper, str.isdigit)
    found = {next((n for n, kind in enumerate(kinds) if kind(one)), len(kinds)) for one in password}
    return len(found)


def _guessable(folded: str) -> bool:
    """A common password as it is or with up to four characters at its end, and what repeats few characters."""
    return any(folded[: len(folded) - n] in common() for n in range(5)) or len(set(folded)) < 5


def made_up(policy: Policy) -> str:
    """A random password that keeps the rules, some 5.8 bits a character: to be changed at first use."""
    length = max(16, policy.password_length)
    while True:
        found = "".join(secrets.choice("".join(_LETTERS)) for _ in range(length))
        if _classes(found) == len(_LETTERS):
            return found + "-" * max(0, policy.password_classes - len(_LETTERS))


def good_until(now: datetime, policy: Policy, *, first: bool) -> datetime | None:
    """When a password set now must be changed; None for never. `first`: somebody else has seen it."""
    if first:
        return now + timedelta(hours=policy.first_password_hours)
    return now + timedelta(days=policy.password_days) if policy.password_days else None
