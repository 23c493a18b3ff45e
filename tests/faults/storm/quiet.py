"""Looking from outside whether anything is still on its way: outboxes, audit trails, queues, dead letters."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pika
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy.broker_admin import BrokerAdmin
from deploy.trouble import Trouble
from shared.events import topology
from shared.node import GATEWAY
from shared.store.aggregate import Aggregate
from tests.deploy.support import admin_url
from tests.faults.storm.world import HOSTED, World

SPOILED = "undecodable"  # why the messages that nobody can read were given up
_EVER = {"$exists": True}


class Looking:
    """Usable as a context manager, which closes its connection to the store."""

    def __init__(self, world: World) -> None:
        addresses = world.embedded.addresses
        self.world = world
        self.client: MongoClient[dict[str, Any]] = MongoClient(
            addresses.store_uri, serverSelectionTimeoutMS=3000, socketTimeoutMS=20_000, timeoutMS=20_000
        )
        self.admin = BrokerAdmin(admin_url(addresses))

    def __enter__(self) -> Looking:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def databases(self) -> Iterator[tuple[str, str, Any]]:
        for area, hosted in HOSTED.items():
            for service in (GATEWAY, *hosted):
                yield area, service, self.client[f"hatchery_{area}_{service}"]

    def events(self) -> int | None:
        """Events sent so far by all services; None while the store is away."""
        try:
            return sum(
                database["sent_events"].estimated_document_count() for *_, database in self.databases()
            )
        except PyMongoError:
            return None

    def unsent(self) -> int | None:
        """Records with events that wait in their outboxes; None while the store is away."""
        return self._waiting("pending_since", lambda kind: True)

    def unsealed(self) -> int | None:
        return self._waiting("unsealed_since", lambda kind: kind.audited)

    def _waiting(self, sign: str, wanted: Any) -> int | None:
        try:
            return sum(
                database[kind._get_collection_name()].count_documents({sign: _EVER})
                for _, service, database in self.databases()
                for kind in aggregates(service)
                if wanted(kind)
            )
        except PyMongoError:
            return None

    def queued(self) -> dict[str, int] | None:
        """Messages in the queues that empty by themselves, some seconds old; None while the broker is away."""
        found: dict[str, int] = {}
        try:
            for area in HOSTED:
                for name, queue in self.admin.queues(area).items():
                    if not name.endswith((".dead", ".parked")) and name not in (
                        topology.LOG,
                        topology.REFUSED,
                    ):
                        found[f"{area}/{name}"] = int(queue.get("messages") or 0)
        except Trouble:
            return None
        return {name: count for name, count in found.items() if count}

    def letters(self) -> Counter[str]:
        """Dead letters, parked and refused messages by their reasons; they stay where they are."""
        found: Counter[str] = Counter()
        for area, hosted in HOSTED.items():
            uri = self.world.embedded.addresses.amqp_uri(area).partition("?")[0]
            with pika.BlockingConnection(pika.URLParameters(uri)) as connection:
                queues = [
                    name(service)
                    for service in (GATEWAY, *hosted)
                    for name in (topology.dead_queue, topology.parked_queue)
                ]
                for queue in (*queues, topology.REFUSED):
                    channel = connection.channel()
                    while (got := channel.basic_get(queue))[0] is not None:
                        headers = got[1].headers or {}
                        reason = str(headers.get("x-reason", "refused"))
                        found[
                            reason if reason == SPOILED else f"{area} {queue}: {_told(headers, got[2])}"
                        ] += 1
                    channel.close()  # puts all of them back
        return found


def _told(headers: dict[str, Any], body: bytes) -> str:
    return f"{headers.get('x-reason')} {str(headers.get('x-detail'))[:200]} {body[:300]!r}"


def aggregates(service: str) -> tuple[type[Aggregate], ...]:
    found: tuple[type[Aggregate], ...] = importlib.import_module(
        f"services.{service}.service"
    ).SERVICE.aggregates
    return found
