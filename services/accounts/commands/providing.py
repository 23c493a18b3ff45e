"""Signing in by the district's identity provider. It says who somebody is; what they may, their account here says."""

from __future__ import annotations

import logging
import secrets
from typing import Any, NoReturn

from services.accounts import credentials, journeys, provider, security, settings
from services.accounts.commands import signing_in
from services.accounts.documents import Account, Credentials, Journey
from services.accounts.domain import accounts, sessions
from services.accounts.settings import Provider
from shared.call import Call
from shared.errors import NotFound, Text, Unauthenticated

_log = logging.getLogger(__name__)

Data = dict[str, Any]
CALLBACK = "/api/accounts/oidc/callback"


def depart(call: Call, organisation: str | None) -> tuple[str, str]:
    """Where to send the browser, and the state that it has to bring back. Raises NotFound without a provider."""
    its, nonce, verifier = _provider(call), sessions.new_secret(), secrets.token_urlsafe(48)
    state = journeys.begin(call.now, nonce, verifier, organisation)
    return provider.authorisation(its, _back(call), state, nonce, verifier), state


def arrive(call: Call, state: str, brought: str, code: str) -> Data:
    """A session for whom the provider vouches, where an account here has that identity. Raises Unauthenticated.

    `brought` is the state as the browser kept it: a link that somebody else began signs nobody in.
    """
    its = _provider(call)
    journey = journeys.finish(call.now, state) if state and secrets.compare_digest(state, brought) else None
    if journey is None:
        _refuse(call, None, "no such sign-in is under way in this browser")
    account, found = _account(call, its, journey, code)
    needed = accounts.needs_second_factor(account.held, settings.of(call.node).policy.second_factor)
    if needed and "mfa" not in found.get("amr", ()):  # RFC 8176
        _refuse(call, account, "the provider asked for one factor only")
    return signing_in.begin(call, account, journey.organisation, "signed_in_by_provider")


def _account(call: Call, its: Provider, journey: Journey, code: str) -> tuple[Account, Data]:
    try:
        found = provider.claims(its, _back(call), code, journey.nonce, journey.verifier)
    except provider.NotProved as reason:
        _refuse(call, None, str(reason))
    kept = Credentials.objects(identity=credentials.identity(its.issuer, str(found["sub"]))).first()
    account = kept and Account.objects(id=kept.account, owner=call.node.area, status="active").first()
    if not account:
        _refuse(call, None, "no active account has this identity")
    return account, found


def _refuse(call: Call, account: Account | None, reason: str) -> NoReturn:
    _log.info("a sign-in by the provider was refused", extra={"reason": reason})
    area = account.area if account else call.node.area
    security.record(call, "provider_refused", area, account.id if account else None)
    raise Unauthenticated(
        "sign-in-refused",
        Text("The identity provider's word opens no account here.", "统一身份认证未能登录本节点账号。"),
        Text("Begin anew; if it fails again, ask the security officer to link your account.",
             "请重新登录；如仍失败，请联系安全管理员关联账号。"),
    )  # fmt: skip


def _provider(call: Call) -> Provider:
    found = settings.of(call.node).oidc
    if found is None:
        raise NotFound(
            "no-identity-provider",
            Text("This node has no identity provider.", "本节点未配置统一身份认证。"),
            Text("Sign in by password.", "请使用密码登录。"),
        )
    return found


def _back(call: Call) -> str:
    return call.node.url.rstrip("/") + CALLBACK
