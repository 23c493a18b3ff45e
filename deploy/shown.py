"""The certificates that servers show, as they are seen from here: until when they are good, and what to do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from deploy import uris
from deploy.certificates import DUE
from deploy.uris import Address
from shared import clock, tls
from shared.node import GATEWAY, Node

ANSWER = 3.0  # seconds that a server has to show it


@dataclass
class Shown:
    """One server's certificate: `expires` in ISO 8601, `days` until then; `fault` where it was not accepted."""

    of: str
    expires: str | None = None
    days: int | None = None
    fault: str | None = None


def own(node: Node) -> Iterator[Shown]:
    """Of the node's gateway and its broker, where they speak TLS."""
    if node.serves_tls:
        url = urlsplit(node.url_of(GATEWAY))
        yield _look("gateway", url.hostname or "", url.port or 443, str(node.verify))
    yield from of_broker("broker", uris.parse(node.broker))


def of_broker(what: str, address: Address) -> Iterator[Shown]:
    if address.scheme == "amqps":
        yield _look(what, address.host, address.port, address.ca)


def faults(found: list[Shown]) -> Iterator[str]:
    """A line for each certificate that needs attention."""
    for each in found:
        if each.fault:
            yield f"certificate of {each.of}: {each.fault}"
        elif each.days is not None and each.days < DUE.days:
            yield f"certificate of {each.of} ends in {each.days} days: hatchery ca renew, on the CA's machine"


def _look(what: str, host: str, port: int, ca: str | None) -> Shown:
    try:
        with (
            socket.create_connection((host, port), ANSWER) as plain,
            tls.client(ca).wrap_socket(plain, server_hostname=host) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Shown(what, fault=f"not accepted, {error.verify_message}")
    except OSError as error:
        return Shown(what, fault=f"none seen at {host}:{port} ({error.strerror or type(error).__name__})")
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return Shown(what, expires.isoformat(), (expires - clock.wall()).days)
