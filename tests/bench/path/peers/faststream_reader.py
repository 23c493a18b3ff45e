"""FastStream's subscriber, as its documentation shows it: keeps what an event says.

Settings: a quorum queue, ten messages in hand; acknowledged after the handler, by default.
"""

from __future__ import annotations

import os
from typing import Any

from faststream import FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue
from pymongo import AsyncMongoClient

QUEUE = RabbitQueue("recorded", durable=True, queue_type=QueueType.QUORUM)

broker = RabbitBroker(os.environ["PEER_BROKER"], default_channel=Channel(prefetch_count=10))
app = FastStream(broker)
client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["PEER_STORE"], w=1, journal=True)
known = client[os.environ["PEER_DATABASE"]]["known"]


@broker.subscriber(QUEUE)
async def keep(told: dict[str, Any]) -> None:
    identifier = told.pop("_id")
    await known.update_one({"_id": identifier}, {"$set": told, "$inc": {"times": 1}}, upsert=True)
