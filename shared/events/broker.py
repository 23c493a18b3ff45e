"""Connections to the broker: bounded waits everywhere, because a frozen broker never says so."""

from __future__ import annotations

import contextlib
import ssl
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import amqp
import eventlet

from shared import runtime
from shared.events import directed, tolerance, topology
from shared.telemetry import tracing

HEARTBEAT = 10  # seconds; 60 did not notice a broker that was frozen for 90 s
CONNECT = 5.0  # seconds
READ_WRITE = 15.0  # seconds that a single read or write of the socket may take

# What a connection in trouble may raise, besides what py-amqp itself declares.
ERRORS = (*amqp.Connection.connection_errors, *amqp.Connection.channel_errors, amqp.AMQPError, OSError)


def connect(uri: str, name: str) -> amqp.Connection:
    """A connection named for the operator's eyes. Raises one of ERRORS."""
    tolerance.install()
    parts = urlsplit(uri)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or (5671 if parts.scheme == 'amqps' else 5672)}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=_checking(parts) if parts.scheme == "amqps" else False,
        heartbeat=HEARTBEAT,
        connect_timeout=CONNECT,
        read_timeout=READ_WRITE,
        write_timeout=READ_WRITE,
        client_properties={"connection_name": name},
    )
    connection.connect()
    return connection


def abandon(connection: amqp.Connection) -> None:
    """Close what may be broken already, without waiting for it long."""
    with contextlib.suppress(Exception), eventlet.Timeout(2.0, False):
        connection.close()


def _checking(parts: SplitResult) -> dict[str, Any]:
    """py-amqp's words for: check the certificate, by the URI's CA or the system's, and that it names the host.

    Without the host name it would take any certificate of that CA.
    """
    ca = parse_qs(parts.query).get("cacertfile", [None])[0]
    return {"server_hostname": parts.hostname, "ca_certs": ca, "cert_reqs": ssl.CERT_REQUIRED}


def server(uri: str) -> dict[str, tracing.Attribute]:
    """Where the broker is, as a span says it."""
    parts = urlsplit(uri)
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    return {"server.address": parts.hostname or "localhost", "server.port": port}


def prepare(connection: amqp.Connection) -> None:
    """Declare the node's whole topology, so that nothing can be published before every hosted service's queue
    is there to receive it."""
    channel = connection.channel()
    topology.declare(channel, topology.base())
    for service, patterns in runtime.bindings().items():
        wanted = [*patterns, *directed.patterns(runtime.node().area, service)]
        topology.declare(channel, topology.service(service, wanted))
    channel.close()
