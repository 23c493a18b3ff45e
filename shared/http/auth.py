"""Who asks, and whether the route is open to them. At which area they may act, the command decides."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from werkzeug.wrappers import Request

from shared import keys, runtime
from shared.call import NOBODY, Actor
from shared.errors import Forbidden, Text, Unauthenticated
from shared.permissions import Rule
from shared.store import nodes


def _from_store(kid: str) -> tuple[Ed25519PublicKey, str] | None:
    return nodes.find_key(runtime.node(), kid)


_find_key: keys.FindKey = _from_store


def use_keys(find_key: keys.FindKey) -> None:
    """Look keys up elsewhere than in the service's read model of nodes."""
    global _find_key
    _find_key = find_key


def actor(request: Request) -> Actor:
    """Who sent the request; NOBODY without a token. Raises Unauthenticated for a token that is not good."""
    header = request.headers.get("Authorization")
    if header is None:
        return NOBODY
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(
            "bearer-token-needed",
            Text("The Authorization header holds no bearer token.", "Authorization 头中没有 Bearer 令牌。"),
            Text("Send `Authorization: Bearer <token>`.", "请发送 Authorization: Bearer <令牌>。"),
        )
    return keys.verify(token.strip(), _find_key)


def admit(who: Actor, rule: Rule) -> None:
    """Raises Unauthenticated or Forbidden where the route is not open to `who`, at whatever area."""
    if rule.where == "public":
        return
    if who is NOBODY:
        raise Unauthenticated(
            "token-needed",
            Text("This needs a token.", "此操作需要令牌。"),
            Text(
                "Send `Authorization: Bearer <token>` with a token of your node.",
                "请在 Authorization: Bearer 头中发送本节点签发的令牌。",
            ),
        )
    if rule.bound and not any(grant.role in rule.holders for grant in who.grants):
        needed = rule.named_roles
        raise Forbidden(
            "role-needed",
            Text(f"This needs one of the roles {needed}.", f"需要以下角色之一：{needed}。"),
            Text("Ask for a token with one of these roles.", "请申请具有相应角色的令牌。"),
        )
