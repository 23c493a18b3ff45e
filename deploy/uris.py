"""AMQP addresses: taken apart, put together, and shown without their password."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, unquote, urlsplit

from deploy import trust
from deploy.trouble import Trouble

PORTS = {"amqp": 5672, "amqps": 5671}


@dataclass(frozen=True)
class Address:
    """A broker and a virtual host. `query` holds what TLS needs (`cacertfile=...&verify=verify_peer`)."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    vhost: str = ""
    query: str = ""

    def uri(self, **query: str) -> str:
        """The whole address, with its password; `query` adds to its own."""
        user = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        more = "&".join(
            [*filter(None, [self.query]), *(f"{k}={quote(v, safe='')}" for k, v in query.items())]
        )
        host = f"[{self.host}]" if ":" in self.host else self.host
        path = quote(self.vhost, safe="")
        return f"{self.scheme}://{user}{host}:{self.port}/{path}{'?' if more else ''}{more}"

    @property
    def label(self) -> str:
        """What may be printed."""
        return f"{self.host}:{self.port}"

    @property
    def is_private(self) -> bool:
        """Whether nobody on the way can read along: TLS, or the same machine."""
        return trust.is_private(self.uri())

    @property
    def ca(self) -> str | None:
        """The file with the CA that the broker's certificate is checked by; None: the system's."""
        return parse_qs(self.query).get("cacertfile", [None])[0]

    def within(self, vhost: str) -> Address:
        return replace(self, vhost=vhost)

    def as_user(self, user: str, password: str) -> Address:
        return replace(self, user=user, password=password)


def parse(uri: str) -> Address:
    """Raises Trouble, which never repeats the URI: it may hold a password."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise Trouble("the broker's URI has no valid port") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise Trouble("a broker's URI looks like amqps://user:password@host:5671/vhost")
    return Address(
        parts.scheme,
        parts.hostname,
        port or PORTS[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        unquote(parts.path[1:]),
        parts.query,
    )
