"""Playing another node, or a stranger, on the bus."""

from __future__ import annotations

import json
import struct
import uuid
from typing import Any

import pika

from deploy.broker_admin import BrokerAdmin
from deploy.links import at_parent
from shared.events import topology
from shared.events.types import routing_key
from shared.ids import new_id
from tests.harness import RunningNode

CONTENT_TYPE = "application/cloudevents+json"


def organisation_event(
    node: str = "230102001",
    verb: str = "approved",
    *,
    subject: str | None = None,
    sequence: int = 1,
    area: str | None = None,
    status: str = "active",
    name: str = "春雨社工",
    **changed: Any,
) -> dict[str, Any]:
    """What the registry of `node` would publish of an organisation of its own."""
    subject, area = subject or new_id(), area or node
    event = {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"/{node}/registry",
        "type": f"registry.organisation.{verb}",
        "subject": subject,
        "time": "2026-03-02T01:00:00.000Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:hatchery:registry.organisation:1",
        "sequence": sequence,
        "epoch": 1,
        "area": area,
        "audience": "area",
        "causationid": str(uuid.uuid4()),
        "correlationid": str(uuid.uuid4()),
        "data": {
            "id": subject,
            "area": area,
            "name": name,
            "track": "filed",
            "established_on": "2015-05-04",
            "status": status,
        },
    }
    return event | changed


def publish(
    node: RunningNode,
    exchange: str,
    *events: dict[str, Any] | bytes,
    key: str | None = None,
    content_type: str = CONTENT_TYPE,
    headers: dict[str, Any] | None = None,
) -> None:
    """Put messages on an exchange of the node's broker, each confirmed; `key` None is the right one."""
    with node.amqp() as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for event in events:
            body = event if isinstance(event, bytes) else json.dumps(event).encode()
            right = "" if isinstance(event, bytes) else routing_key(event)
            properties = pika.BasicProperties(
                content_type=content_type, delivery_mode=2, headers=headers or {}
            )
            channel.basic_publish(exchange, key if key is not None else right, body, properties)


class Unreadable(pika.BasicProperties):
    """Properties as no library writes them: the content type, and behind it what is given, by its AMQP flag."""

    def __init__(self, flag: int, encoded: bytes) -> None:
        super().__init__(content_type=CONTENT_TYPE)
        own = CONTENT_TYPE.encode()
        self._pieces = [struct.pack(">HB", 0x8000 | flag, len(own)), own, encoded]

    def encode(self) -> list[bytes]:
        return self._pieces


def link_user(node: RunningNode, child: str) -> pika.URLParameters:
    """How a child connects to its parent's broker: a user with no more rights than the child's."""
    addresses = node.embedded.addresses
    own = f"://{addresses.user}:{addresses.password}@"
    admin = BrokerAdmin(addresses.admin_url.replace("://", own, 1))
    [user] = at_parent(node.vhost, child, "secret").users
    name = f"{user.name}-{node.vhost}"
    admin.put_user(name, user.password)
    admin.permit(node.vhost, name, *user.permission)
    way = pika.URLParameters(addresses.amqp_uri(node.vhost).partition("?")[0])
    way.credentials = pika.PlainCredentials(name, user.password)
    return way


def push(
    way: pika.URLParameters,
    exchange: str,
    event: dict[str, Any] | bytes,
    properties: pika.BasicProperties,
    key: str | bytes | None = None,
) -> None:
    """Publish one message, confirmed, as the user of `way`; `key` None is the right one."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    right = "" if isinstance(event, bytes) else routing_key(event)
    with pika.BlockingConnection(way) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish(exchange, right if key is None else key, body, properties)


def declare_ingress(node: RunningNode, child: str) -> str:
    """The parent's side of a link to `child`, so that a test can play the child."""
    link = topology.link_at_parent(child)
    with node.amqp() as connection:
        channel = connection.channel()
        for exchange in link.exchanges:
            channel.exchange_declare(
                exchange.name, exchange.type, durable=True, arguments=dict(exchange.arguments)
            )
        for queue in link.queues:
            channel.queue_declare(queue.name, durable=True, arguments=dict(queue.arguments))
        for binding in link.bindings:
            bind = channel.queue_bind if binding.to == "queue" else channel.exchange_bind
            bind(binding.destination, binding.source, binding.key)
    return topology.ingress(child)
