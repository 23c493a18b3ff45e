"""An OpenID provider in the test's own process, over HTTP: authorisation code, PKCE, signed ID tokens.

It lets everybody in whom a test names, and breaks one rule at a time when a test tells it to.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass
class Provider:
    issuer: str = ""
    client_id: str = "hatchery-street"
    secret: str = "a-secret-of-the-test"
    subject: str = "somebody"  # who has signed in there
    claims: dict[str, Any] = field(default_factory=dict)  # in place of those that would be right
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    signing: rsa.RSAPrivateKey | None = None  # another key than the published one
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Provider]:
        provider = cls()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                provider.get(self, url.path, dict(parse_qsl(url.query)))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.token(self, dict(parse_qsl(body)))

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def get(self, handler: BaseHTTPRequestHandler, path: str, query: dict[str, str]) -> None:
        if path == "/.well-known/openid-configuration":
            _answer(handler, 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorise",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            })  # fmt: skip
        elif path == "/keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            _answer(handler, 200, {"keys": [key | {"kid": "one", "use": "sig", "alg": "RS256"}]})
        elif path == "/authorise" and query.get("client_id") == self.client_id:
            code = secrets.token_urlsafe(16)
            self.codes[code] = query
            back = urlencode({"code": code, "state": query["state"]})
            handler.send_response(302)
            handler.send_header("Location", f"{query['redirect_uri']}?{back}")
            handler.end_headers()
        else:
            _answer(handler, 400, {"error": "invalid_request"})

    def token(self, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> None:
        asked = self.codes.pop(form.get("code", ""), None)
        told = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        if handler.headers.get("Authorization") != f"Basic {told}":
            _answer(handler, 401, {"error": "invalid_client"})
            return
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = (
            asked
            and asked.get("code_challenge_method") == "S256"
            and asked["code_challenge"] == challenge
            and asked["redirect_uri"] == form.get("redirect_uri")
        )
        if not good or asked is None:
            _answer(handler, 400, {"error": "invalid_grant"})
            return
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": self.subject, "aud": self.client_id, "iat": now, "exp": now + 60,
            "nonce": asked["nonce"], "roles": ["administrator"],
        } | self.claims  # fmt: skip
        token = jwt.encode(claims, self.signing or self.key, "RS256", headers={"kid": "one"})
        _answer(handler, 200, {"access_token": "unused", "token_type": "Bearer", "id_token": token})


def _answer(handler: BaseHTTPRequestHandler, status: int, content: dict[str, Any]) -> None:
    body = json.dumps(content).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
