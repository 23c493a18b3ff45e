"""Keys and tokens: every node signs for its own area, and all others can check it without asking.

A token is a JWT signed with Ed25519 (RFC 8037). Its header's `kid` is `<node area>.<16 hex digits>`, its
`grants` are pairs of role and area. A node's key vouches for areas within that node's own only, so a stolen
street key opens nothing of the district's. Tokens live 15 minutes at most; there is no list of revoked ones.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, TypedDict

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from shared import areas, clock
from shared.call import Actor, Grant
from shared.errors import Text, Unauthenticated

ALGORITHM = "EdDSA"  # the only one: a token's own `alg` never chooses
LIFETIME = 900  # seconds
LEEWAY = 30  # seconds by which the clocks of two nodes may differ
PRIVATE, PUBLIC = "private.pem", "public.pem"
# While a key is replaced: the one that is announced and does not sign yet, and the one that no longer signs.
NEXT_PRIVATE, NEXT_PUBLIC, PREVIOUS_PUBLIC = "next-private.pem", "next-public.pem", "previous-public.pem"

# Finds the public key and the node's area of a key id, or None where no such node was announced.
FindKey = Callable[[str], tuple[Ed25519PublicKey, str] | None]


class PublishedKey(TypedDict):
    """A public key as nodes announce it: its id, and the raw key in base64url without padding (RFC 8037)."""

    kid: str
    x: str


def generate(folder: Path) -> Ed25519PrivateKey:
    """A new key pair in `folder`. Raises FileExistsError rather than replace a key that others trust."""
    folder.mkdir(parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate()
    # Created with its mode: there is no moment at which others could read it.
    handle = os.open(folder / PRIVATE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(private_pem(private))
    (folder / PUBLIC).write_bytes(public_pem(private))
    return private


def private_pem(private: Ed25519PrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(private: Ed25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def load_private(folder: Path, name: str = PRIVATE) -> Ed25519PrivateKey:
    """Raises FileNotFoundError, or ValueError where the file holds no Ed25519 key."""
    try:
        key = serialization.load_pem_private_key((folder / name).read_bytes(), password=None)
    except (TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(f"{folder / name} cannot be read as a private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{folder / name} is not an Ed25519 key")
    return key


def load_public(folder: Path, name: str = PUBLIC) -> Ed25519PublicKey:
    """Raises FileNotFoundError, or ValueError where the file holds no Ed25519 key."""
    file = folder / name
    now = file.stat()
    try:
        key = _parsed(file, now.st_ino, now.st_mtime_ns)
    except UnsupportedAlgorithm as error:
        raise ValueError(f"{file} cannot be read as a public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{file} is not an Ed25519 key")
    return key


@lru_cache(maxsize=32)
def _parsed(file: Path, _inode: int, _changed: int) -> PublicKeyTypes:
    """Parsed once as long as the file stays what it is: keys are asked for with each request."""
    return serialization.load_pem_public_key(file.read_bytes())


def accepted(folder: Path) -> list[Ed25519PublicKey]:
    """The public keys that the node's tokens may be signed with: its own, and while that is replaced the next
    one and, as long as a token of it may live, the previous one.

    Read in this order no key is missed that is moved meanwhile. Raises as `load_public` does.
    """
    found = [_load_if_there(folder, NEXT_PUBLIC), load_public(folder)]
    file = folder / PREVIOUS_PUBLIC
    if file.exists() and clock.wall().timestamp() - file.stat().st_mtime < LIFETIME + LEEWAY:
        found.append(_load_if_there(folder, PREVIOUS_PUBLIC))
    return list({raw(key): key for key in reversed(found) if key is not None}.values())[::-1]


def _load_if_there(folder: Path, name: str) -> Ed25519PublicKey | None:
    try:
        return load_public(folder, name)
    except FileNotFoundError:
        return None


def raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def kid(area: str, key: Ed25519PublicKey) -> str:
    """`<node area>.<first 16 hex digits of the SHA-256 of the raw public key>`."""
    return f"{area}.{hashlib.sha256(raw(key)).hexdigest()[:16]}"


def published(area: str, key: Ed25519PublicKey) -> PublishedKey:
    return {"kid": kid(area, key), "x": base64.urlsafe_b64encode(raw(key)).rstrip(b"=").decode()}


def from_published(entry: PublishedKey) -> Ed25519PublicKey:
    """Raises ValueError where `x` is no raw Ed25519 key."""
    x = entry["x"]
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))


def issue(
    private: Ed25519PrivateKey,
    node_area: str,
    subject: str,
    grants: Iterable[Grant],
    organisation: str | None = None,
    lifetime: int = LIFETIME,
) -> str:
    """A token of the node for `subject`, good for `lifetime` seconds.

    Raises ValueError for what no other node would accept: a longer life, or a grant outside the node's area.
    """
    granted = [list(grant) for grant in grants]
    if not 0 < lifetime <= LIFETIME:
        raise ValueError(f"a token lives between 1 and {LIFETIME} seconds")
    for _, area in granted:
        if not areas.contains(node_area, area):
            raise ValueError(f"node {node_area} cannot vouch for area {area}")
    now = clock.wall()
    claims: dict[str, Any] = {
        "iss": node_area,
        "sub": subject,
        "grants": granted,
        "iat": now,
        "exp": now + timedelta(seconds=lifetime),
    }
    if organisation is not None:
        claims["org"] = organisation
    return jwt.encode(claims, private, ALGORITHM, headers={"kid": kid(node_area, private.public_key())})


def verify(token: str, find_key: FindKey) -> Actor:
    """Whoever the token speaks for. Raises Unauthenticated; its `code` says what is wrong with the token."""
    key_id = _key_id(token)
    found = find_key(key_id)
    if found is None:
        raise _refusal(
            "token-unknown-key",
            Text(f"No node with the key {key_id} is known here.", f"此处没有密钥 {key_id} 所属节点的信息。"),
            Text(
                "Use a token of this node; a node added a moment ago becomes known shortly.",
                "请使用本节点签发的令牌；刚加入的节点稍后即可识别。",
            ),
        )
    key, area = found
    claims = _claims(token, key)
    if claims["exp"] - claims["iat"] > LIFETIME:
        raise _refusal(
            "token-too-long-lived",
            Text(f"The token lives longer than {LIFETIME} seconds.", f"令牌的有效期超过 {LIFETIME} 秒。"),
            Text("Ask for a new token of at most 15 minutes.", "请重新申请有效期不超过 15 分钟的令牌。"),
        )
    grants = _grants(claims)
    if claims["iss"] != area or not all(areas.contains(area, grant.area) for grant in grants):
        raise _refusal(
            "token-beyond-node",
            Text(
                f"Node {area} vouches only for areas within its own.",
                f"节点 {area} 只能为其辖区内的区域签发权限。",
            ),
            Text(
                "Ask the node of that area, or one above it, for a token.", "请向该区域或其上级节点申请令牌。"
            ),
        )
    return Actor(claims["sub"], grants, claims.get("org"))


@lru_cache(maxsize=1024)
def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise _malformed() from error
    key_id = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
        raise _malformed()
    return key_id


def _claims(token: str, key: Ed25519PublicKey) -> dict[str, Any]:
    required = ["iss", "sub", "iat", "exp", "grants"]
    try:
        claims = jwt.decode(
            token, key, [ALGORITHM], leeway=LEEWAY, options={"require": required, "verify_aud": False}
        )
    except jwt.ExpiredSignatureError as error:
        raise _refusal(
            "token-expired",
            Text("The token has expired.", "令牌已过期。"),
            Text("Ask for a new token.", "请重新申请令牌。"),
        ) from error
    except jwt.ImmatureSignatureError as error:
        raise _refusal(
            "token-not-yet-valid",
            Text("The token was issued in the future.", "令牌的签发时间晚于当前时间。"),
            Text(
                f"Set the clocks right: the nodes' may differ by {LEEWAY} seconds.",
                f"请校准时钟：各节点的时间相差不得超过 {LEEWAY} 秒。",
            ),
        ) from error
    except jwt.InvalidSignatureError as error:
        raise _refusal(
            "token-signature",
            Text("The token was not signed by the node that it names.", "令牌不是由其所称节点签发的。"),
            Text("Ask for a new token.", "请重新申请令牌。"),
        ) from error
    except jwt.InvalidTokenError as error:
        raise _malformed() from error
    if not all(isinstance(claims[name], int) for name in ("iat", "exp")):
        raise _malformed()
    if not isinstance(claims.get("org"), str | None):
        raise _malformed()
    return claims


def _grants(claims: dict[str, Any]) -> tuple[Grant, ...]:
    """Pairs of role and area, as the token has them. Raises Unauthenticated for any other form."""
    pairs = claims["grants"]
    if not isinstance(pairs, list):
        raise _malformed()
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise _malformed()
    return tuple(Grant(role, area) for role, area in pairs)


def _malformed() -> Unauthenticated:
    return _refusal(
        "token-malformed",
        Text("This is not a token of the platform.", "这不是本平台的令牌。"),
        Text(
            "Send 'Authorization: Bearer' with the token as it was issued.",
            "请在 Authorization: Bearer 中原样提交签发的令牌。",
        ),
    )


def _refusal(code: str, detail: Text, remedy: Text) -> Unauthenticated:
    return Unauthenticated(code, detail, remedy)
