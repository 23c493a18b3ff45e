"""What may not be seen in a log line or a span: credentials, and data that identify a person.

Masked are mainland mobile numbers 手机号码, identity card numbers 居民身份证号码 (GB 11643), e-mail
addresses, user and password in URIs, tokens. Kept are what looks alike but names no person: division codes,
organisations' unified social credit codes 统一社会信用代码 (GB 32100), UUIDs and trace ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from typing import Any

MOBILE, IDENTITY, EMAIL, SECRET, CREDENTIALS, PERSON = (
    "[mobile]",
    "[identity]",
    "[email]",
    "[secret]",
    "[credentials]",
    "[person]",
)

_SECRETS = (
    r"(?:new_)?password|passwd|pwd|recovery_codes?|secret|client_secret|access_token|refresh_token|id_token"
    r"|token|api_?key"
)
# Everything up to the last @ of the authority; and a password with a bare slash in it, which is against
# RFC 3986 but is written all the same: there a colon follows that begins no port number.
_USERINFO = r"""(?<=://)(?:[^\s/?#"'<>]*|[^\s/:@"'<>]+:(?!\d{1,5}(?:[/?#]|$))[^\s@"'<>]*)@"""

# One pass, the earlier alternative wins. What is kept stands in the pattern so that nothing inside of it is
# taken for something else.
_PATTERN = re.compile(
    rf"""
      (?P<userinfo>{_USERINFO})
    | (?P<header>(?i:\bauthorization["']?\s*[:=]\s*["']?))(?:(?i:bearer|basic|digest|token)\s+)?[^\s"',;]+
    | (?P<bearer>(?i:\bbearer\s+))[^\s"',;]+
    | (?P<jwt>\beyJ[\w-]+\.[\w-]+\.[\w-]*)
    | (?P<assigned>(?i:(?<![a-z])(?:{_SECRETS})=))[^\s&"',;]+
    | (?P<quoted>(?i:["'](?:{_SECRETS})["']\s*:\s*))(?:"[^"]*"|'[^']*')
    | (?P<keep>(?<![0-9A-Za-z])(?:
          [0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}      # UUID
        | [0-9a-f]{{2}}-[0-9a-f]{{32}}-[0-9a-f]{{16}}-[0-9a-f]{{2}}         # traceparent
        | [0-9a-f]{{64}} | [0-9a-f]{{32}}                                   # digests, trace ids
      )(?![0-9A-Za-z]))
    | (?P<email>[^\s@<>"'`,;:()\[\]{{}}/\\=&?，；：（）“”]{{0,64}}@[\w-]+(?:\.[\w-]+)+)
    | (?P<eighteen>(?<![0-9A-Za-z])[0-9A-Z]{{17}}[0-9A-Zx](?![0-9A-Za-z]))
    | (?P<identity>(?<!\d)\d{{6}}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}}[\dXx](?!\d))
    | (?P<mobile>(?<!\d)(?:(?:\+|00)?86[\s-]?|0)?1[3-9]\d[\s-]?\d{{4}}[\s-]?\d{{4}}(?!\d))
    """,
    re.VERBOSE,
)
_USERINFO_PATTERN = re.compile(_USERINFO)
_IDENTITY_PATTERN = re.compile(r"\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_PERSON_KEYS = re.compile(r"(?i)login|display_name")  # no pattern tells a name from another word
_SECRET_KEYS = re.compile(rf"(?i)(?:{_SECRETS}|authorization|cookie|set-cookie|private_key)")
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}  # fullwidth digits are typed in Chinese text
_DEEPEST = 12

_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I O S V Z


def text(value: str) -> str:
    """The same text with every piece of personal data and every credential replaced by its kind."""
    return _PATTERN.sub(_replacement, value.translate(_WIDE))


def data(value: Any, depth: int = 0) -> Any:
    """The same data, ready for JSON, with `text` applied to all strings in it, keys too.

    Numbers stay: an amount in fen can look like a mobile number. What stands under a key such as `password`
    or `display_name` is masked whatever it is.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bytes | bytearray):
        return text(value.decode("utf-8", "backslashreplace"))
    if depth < _DEEPEST:
        if isinstance(value, Mapping):
            return {text(str(key)): _under(str(key), item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple | Set):
            return [data(item, depth + 1) for item in value]
    return text(str(value))


def _under(key: str, value: Any, depth: int) -> Any:
    if _SECRET_KEYS.fullmatch(key):
        return SECRET
    return PERSON if _PERSON_KEYS.fullmatch(key) else data(value, depth)


def safe_uri(uri: str) -> str:
    """The URI, or text with URIs in it, without user and password."""
    return _USERINFO_PATTERN.sub("", uri)


def has_credentials(value: str) -> bool:
    return "://" in value and _USERINFO_PATTERN.search(value) is not None


def _replacement(match: re.Match[str]) -> str:
    kind, found = match.lastgroup, match[0]
    if kind == "keep":
        return found
    if kind == "eighteen":
        return IDENTITY if _is_identity(found) else found
    if kind == "userinfo":
        return f"{CREDENTIALS}@"
    if kind in ("header", "bearer", "assigned"):
        return f"{match[kind]}{SECRET}"
    if kind == "quoted":
        return f'{match[kind]}"{SECRET}"'
    return {"jwt": SECRET, "email": EMAIL, "identity": IDENTITY, "mobile": MOBILE}[str(kind)]


def _is_identity(number: str) -> bool:
    """Whether 18 characters are an identity card number, mistyped ones too.

    A credit code of digits only can hold what looks like a date of birth. It is told apart by its check
    character; where both checks hold, the person's privacy goes first.
    """
    if not _IDENTITY_PATTERN.fullmatch(number):
        return False
    return _identity_check(number) or not _credit_code_check(number)


def _identity_check(number: str) -> bool:
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _credit_code_check(code: str) -> bool:
    if any(character not in _USCC for character in code):
        return False
    total = sum(_USCC.index(character) * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return _USCC[-total % 31] == code[17]
