"""Tokens for machines (RFC 6749 4.4: client credentials)."""

from __future__ import annotations

from services.accounts import attempts, credentials, security, settings
from services.accounts.commands import signing_in
from services.accounts.documents import Account
from shared.call import Call
from shared.errors import Text, Unauthenticated


def token(call: Call, client_id: str, secret: str) -> str:
    """An access token for a machine; there is nothing to refresh, it asks again. Raises Unauthenticated, TooMany."""
    policy = settings.of(call.node).policy
    counted = attempts.begin_address(call.origin, call.now, policy)
    client: Account | None = Account.objects(
        id=client_id, owner=call.node.area, kind="client", status="active", ends_at__gt=call.now
    ).first()
    if client is None or not credentials.has_secret(credentials.of(client), secret, call.now):
        security.record(call, "client_refused", client.area if client else call.node.area,
                        client.id if client else None)  # fmt: skip
        raise Unauthenticated(
            "invalid-client",
            Text("Client id or secret are wrong, or its time is over.", "客户端编号或密钥错误，或已过期。"),
            Text("Ask the node's administrator.", "请联系本节点管理员。"),
        )
    attempts.succeeded(counted, policy)
    security.record(call, "client_token", client.area, client.id)
    return signing_in.access_token(call, client, None)[0]
