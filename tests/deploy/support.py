"""What tests of the operators' commands share: a broker seen from outside, with any user's rights."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pymongo import MongoClient

from deploy.broker_admin import BrokerAdmin
from deploy.embedded import EmbeddedAddresses
from deploy.embedded.broker import Broker
from shared.events import topology


def admin_url(addresses: EmbeddedAddresses) -> str:
    return addresses.admin_url.replace("://", f"://{addresses.user}:{addresses.password}@")


def clear(addresses: EmbeddedAddresses, district: str) -> None:
    """Delete every virtual host, user and database that belongs to the district."""
    admin = BrokerAdmin(admin_url(addresses))
    for name in admin.vhosts():
        if name.startswith(district):
            admin.delete_vhost(name)
    for prefix in ("node-", "link-", "sub-"):
        for user in admin._get("users"):
            if user["name"].startswith(f"{prefix}{district}"):
                admin.delete_user(user["name"])
    with MongoClient[dict[str, Any]](addresses.store_uri) as client:
        for name in client.list_database_names():
            if name.startswith(f"hatchery_{district}"):
                client.drop_database(name)


@contextmanager
def channel(uri: str) -> Iterator[BlockingChannel]:
    """A channel with confirms; `uri` may be that of any user."""
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    try:
        opened = connection.channel()
        opened.confirm_delivery()
        yield opened
    finally:
        if connection.is_open:
            connection.close()


def publish(uri: str, exchange: str, key: str, body: bytes = b"{}", **properties: Any) -> None:
    """One durable message, confirmed by the broker."""
    with channel(uri) as opened:
        opened.basic_publish(exchange, key, body, pika.BasicProperties(delivery_mode=2, **properties), True)


def key(audience: topology.Audience, area: str) -> str:
    return topology.routing_key("registry", "organisation", "registered", audience, area)


def at(broker: Broker, expression: str) -> str:
    """What an expression in Erlang, up to its full stop, gives at the embedded broker."""
    command = ["erl_call", "-sname", broker.addresses.erlang_node, "-timeout", "20", "-e"]
    environment = dict(broker.environment())
    done = subprocess.run(command, input=f"{expression}\n", env=environment, capture_output=True, text=True)
    assert done.stdout.startswith("{ok, "), done
    return done.stdout
