"""A short AMQP connection for operators' commands, with bounded waits."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pika
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPError

from deploy.trouble import UNREACHABLE, Trouble
from deploy.uris import Address
from shared import tls

CONNECT = 5.0  # seconds
BLOCKED = 30.0  # seconds that a broker in alarm may hold us


@contextmanager
def connected(address: Address) -> Iterator[BlockingConnection]:
    """Raises Trouble where the broker does not answer, refuses, or falls meanwhile."""
    parameters = pika.ConnectionParameters(
        address.host,
        address.port,
        address.vhost,
        pika.PlainCredentials(address.user, address.password),
        heartbeat=30,
        socket_timeout=CONNECT,
        stack_timeout=2 * CONNECT,
        blocked_connection_timeout=BLOCKED,
        ssl_options=pika.SSLOptions(_checking(address), address.host) if address.scheme == "amqps" else None,
        client_properties={"connection_name": "hatchery operator"},
    )
    try:
        connection = pika.BlockingConnection(parameters)
    except (AMQPError, OSError) as error:
        raise Trouble(
            f"no way into broker {address.label}, virtual host {address.vhost} ({type(error).__name__})",
            UNREACHABLE,
        ) from error
    try:
        yield connection
    except AMQPError as error:
        raise Trouble(f"broker {address.label}: {type(error).__name__} {error}", UNREACHABLE) from error
    finally:
        with suppress(AMQPError):
            connection.close()


def _checking(address: Address) -> ssl.SSLContext:
    try:
        return tls.client(address.ca)
    except OSError as error:
        raise Trouble(f"the CA file {address.ca} cannot be used ({error.strerror})", UNREACHABLE) from error


def depth(connection: BlockingConnection, queue: str) -> tuple[int, int] | None:
    """How many messages wait in the queue, and how many consumers it has; None where there is no such queue.

    Asked of the queue itself: the management API's figures are up to five seconds old.
    """
    channel: BlockingChannel = connection.channel()
    try:
        method = channel.queue_declare(queue, passive=True).method
    except pika.exceptions.ChannelClosedByBroker:
        return None
    channel.close()
    return method.message_count, method.consumer_count
