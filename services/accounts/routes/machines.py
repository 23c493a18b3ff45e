"""The token endpoint for machines, in the form that OAuth's clients speak (RFC 6749 2.3.1, 4.4, 5)."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote_plus

from werkzeug.wrappers import Request, Response

from services.accounts.commands import machines
from shared import keys, runtime
from shared.call import NOBODY, Call
from shared.errors import Problem, TooMany, Unauthenticated
from shared.http import origin, raw
from shared.http.handling import read_body

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749 5.1


class MachineRoutes:
    """`grant_type=client_credentials`, with the secret in the Authorization header (Basic) or in the form."""

    name: ClassVar[str]

    @raw("/api/accounts/token", "POST")
    def token(self, request: Request) -> Response:
        form = dict(parse_qsl(read_body(request).decode("utf-8", "replace")))
        if form.get("grant_type") != "client_credentials":
            return _answer(400, {"error": "unsupported_grant_type"})
        client_id, secret = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        if not client_id or not secret:
            return _answer(401, {"error": "invalid_client"})
        call = Call(runtime.node(), self.name, actor=NOBODY, origin=origin.of(runtime.node(), request))
        try:
            found = machines.token(call, client_id.lower(), secret)
        except TooMany as problem:
            return _answer(429, _told(problem), {"Retry-After": str(problem.extra["retry_after"])})
        except Unauthenticated as problem:
            return _answer(401, _told(problem))
        return _answer(200, {"access_token": found, "token_type": "Bearer", "expires_in": keys.LIFETIME})


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)


def _told(problem: Problem) -> dict[str, Any]:
    return {"error": "invalid_client", "error_description": problem.detail.en}


def _answer(status: int, content: dict[str, Any], more: dict[str, str] | None = None) -> Response:
    headers = NO_STORE | (more or {})
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="hatchery"'
    return Response(json.dumps(content), status=status, headers=headers, content_type="application/json")
