"""The district's identity provider, by OpenID Connect 1.0: authorisation code with PKCE, state and nonce."""

from __future__ import annotations

import time
from typing import Any

import jwt
import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from services.accounts.settings import Provider
from shared.errors import Text, Unavailable

TIMEOUT = 10.0  # seconds
FRESH = 600.0  # seconds that what the provider says of itself is kept
LEEWAY = 30  # seconds by which its clock may differ
# What it may sign with; never what a token says of itself.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")


class NotProved(Exception):
    """The provider vouches for nobody; the text says why, for the log."""


def authorisation(provider: Provider, back: str, state: str, nonce: str, verifier: str) -> str:
    """Where to send the browser. Raises Unavailable."""
    told = _discovered(provider)
    with _client(provider, back) as client:
        url, _ = client.create_authorization_url(
            told["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    return str(url)


def claims(provider: Provider, back: str, code: str, nonce: str, verifier: str) -> dict[str, Any]:
    """The checked claims of the ID token for an authorisation code. Raises NotProved, or Unavailable."""
    told = _discovered(provider)
    try:
        with _client(provider, back) as client:
            answer = client.fetch_token(
                told["token_endpoint"], code=code, code_verifier=verifier, timeout=TIMEOUT
            )
    except AuthlibBaseError as error:
        raise NotProved(f"the token endpoint refused: {error.error}") from error
    except (requests.RequestException, ValueError) as error:
        raise _away() from error
    return _checked(provider, told, str(answer.get("id_token", "")), nonce)


def _checked(provider: Provider, told: dict[str, Any], token: str, nonce: str) -> dict[str, Any]:
    """OpenID Connect Core 3.1.3.7."""
    try:
        found: dict[str, Any] = jwt.decode(
            token,
            _key(told, jwt.get_unverified_header(token).get("kid")),
            ALGORITHMS,
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        raise NotProved(f"the ID token is not good: {type(error).__name__}") from error
    if found.get("nonce") != nonce:
        raise NotProved("the ID token is for another sign-in")
    audience = found["aud"]
    if isinstance(audience, list) and len(audience) > 1 and found.get("azp") != provider.client_id:
        raise NotProved("the ID token is for another client")
    return found


def _key(told: dict[str, Any], kid: str | None) -> jwt.PyJWK:
    keys = jwt.PyJWKSet.from_dict(_fetched(told["jwks_uri"])).keys
    for key in keys:
        if key.key_id == kid or (kid is None and len(keys) == 1):
            return key
    raise jwt.InvalidKeyError(f"the provider has no key {kid}")


def _client(provider: Provider, back: str) -> OAuth2Session:
    return OAuth2Session(
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method="client_secret_basic" if provider.client_secret else "none",
        scope="openid",
        redirect_uri=back,
        code_challenge_method="S256",
    )


_known: dict[str, tuple[float, dict[str, Any]]] = {}


def _discovered(provider: Provider) -> dict[str, Any]:
    """What the provider says of itself (OpenID Connect Discovery 1.0, 4)."""
    at, told = _known.get(provider.issuer, (float("-inf"), {}))
    if time.monotonic() - at > FRESH:
        told = _fetched(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if told.get("issuer") != provider.issuer:
            raise _away()
        _known[provider.issuer] = (time.monotonic(), told)
    return told


def _fetched(url: str) -> dict[str, Any]:
    try:
        answer = requests.get(url, timeout=TIMEOUT)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise _away() from error
    return found


def _away() -> Unavailable:
    return Unavailable(
        "identity-provider-away",
        Text("The identity provider cannot be reached.", "统一身份认证服务暂时无法连接。"),
        Text("Try again, or sign in by password.", "请稍后重试，或使用密码登录。"),
    )
