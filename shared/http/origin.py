"""Where a request came from: the client's address as the node's gateway saw it.

Behind the gateway a service sees only the gateway. So the gateway says whom it passes on, in a header that it signs
with the node's key; whatever a client sends under that name, or as `X-Forwarded-For`, counts for nothing. A gateway
above takes the word of one below it, and says which.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.wrappers import Request

from shared import areas, clock, keys
from shared.node import Node
from shared.store import nodes

HEADER = "Hatchery-Origin"
LIFETIME = timedelta(seconds=60)  # a gateway waits no longer for an answer
READS = ("GET", "HEAD")  # nothing is recorded of them


def signed(here: Node, request: Request) -> str:
    """The header's value for a request that this gateway passes on."""
    private = _private(here.keys)
    claims = {
        "iss": here.area,
        "client": of(here, request),
        "for": f"{request.method} {request.path}",
        "exp": clock.wall() + LIFETIME,
    }
    return jwt.encode(
        claims, private, keys.ALGORITHM, headers={"kid": keys.kid(here.area, private.public_key())}
    )


def of(here: Node, request: Request) -> str:
    """The client's address: `203.0.113.9`, or `203.0.113.9 via 230102001002` where the gateway of a node below
    passed it on; else that of whoever is connected."""
    told = request.headers.get(HEADER)
    return (told and _vouched(here, request, told)) or str(request.remote_addr or "")


def _vouched(here: Node, request: Request, told: str) -> str | None:
    try:
        kid = jwt.get_unverified_header(told).get("kid")
        found = nodes.find_key(here, kid) if isinstance(kid, str) else None
        if found is None or not areas.contains(here.area, found[1]):
            return None
        required = ["iss", "client", "for", "exp"]
        claims = jwt.decode(
            told, found[0], [keys.ALGORITHM], leeway=keys.LEEWAY, options={"require": required}
        )
    except (jwt.InvalidTokenError, ValueError):
        return None
    area, client = found[1], claims["client"]
    if claims["iss"] != area or claims["for"] != f"{request.method} {request.path}":
        return None
    if not isinstance(client, str) or not 0 < len(client) <= 200 or not client.isprintable():
        return None
    return client if area == here.area or " via " in client else f"{client} via {area}"


def _private(folder: Path) -> Ed25519PrivateKey:
    return _loaded(folder, (folder / keys.PRIVATE).stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _loaded(folder: Path, _changed: int) -> Ed25519PrivateKey:
    return keys.load_private(folder)
