"""Which addresses may be used: those that nobody on the way can read, with the CA to check the other side by."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from deploy.trouble import Trouble
from shared import tls

_ENCRYPTED = ("amqps", "https", "mongodb+srv")
# The word for the CA's file in the address of each protocol that takes one.
_WORD = {"amqps": "cacertfile", "https": "cacertfile", "mongodb": "tlsCAFile", "mongodb+srv": "tlsCAFile"}

# Encrypted to whoever answers, which may be anybody.
_CARELESS = (
    ("verify", "verify_none"),
    ("server_name_indication", "disable"),
    ("tlsAllowInvalidCertificates", "true"),
    ("tlsAllowInvalidHostnames", "true"),
    ("tlsInsecure", "true"),
)


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_private(uri: str) -> bool:
    """Whether nobody on the way can read along: TLS that checks the server, or the same machine."""
    parts = urlsplit(uri)
    query = parse_qs(parts.query)
    if any(value in query.get(word, []) for word, value in _CARELESS):
        return False
    if parts.scheme in _ENCRYPTED or "true" in query.get("tls", []) + query.get("ssl", []):
        return True
    return all(is_loopback(host) for host in _hosts(parts.netloc))


def check_private(what: str, uri: str | None, allow_plain: bool) -> None:
    """Raises Trouble, without the address, which may hold a password."""
    if uri and not allow_plain and not is_private(uri):
        raise Trouble(
            f"{what} would be readable on the way: use TLS (amqps://, https://, mongodb://...tls=true), "
            "or --allow-plain where a tunnel protects it"
        )


def with_ca(uri: str | None, folder: Path | None) -> str | None:
    """The address with the folder's CA, where it is encrypted and names none."""
    if not uri or folder is None or not is_private(uri):
        return uri
    parts = urlsplit(uri)
    word = _WORD.get(parts.scheme)
    query = parse_qs(parts.query)
    encrypted = parts.scheme in _ENCRYPTED or "true" in query.get("tls", []) + query.get("ssl", [])
    if word is None or word in query or not encrypted:
        return uri
    more = f"{word}={quote(str(folder / tls.CA), safe='/')}"
    path = parts.path or ("/" if parts.scheme.startswith("mongodb") else "")
    return parts._replace(path=path, query="&".join(filter(None, [parts.query, more]))).geturl()


def _hosts(netloc: str) -> list[str]:
    """Of one server or, in a store's address, of several."""
    found = []
    for place in netloc.rpartition("@")[2].split(","):
        host = place.partition("]")[0].lstrip("[") if place.startswith("[") else place.partition(":")[0]
        found.append(host)
    return found
