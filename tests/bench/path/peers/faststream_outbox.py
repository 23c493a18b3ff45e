"""FastStream in FastAPI, with an outbox in the record: a route writes once, a task publishes what waits.

Settings: as without an outbox; the task takes up to a hundred records, publishes them one after the other, each
confirmed, marks them in one bulk write, and rests a tenth of a second when nothing waits.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI
from faststream.rabbit.fastapi import RabbitRouter
from pymongo import AsyncMongoClient, UpdateOne

from tests.bench.path.peers.faststream_reader import QUEUE

AT_ONCE = 100  # records in one round
REST = 0.1  # seconds between looks where nothing waits

router = RabbitRouter(os.environ["PEER_BROKER"])
client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["PEER_STORE"], w=1, journal=True)
records = client[os.environ["PEER_DATABASE"]]["records"]


@router.post("/records", status_code=201)
async def record(body: dict[str, Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    await records.insert_one(body | {"pending_since": now})
    return body


async def publish_pending() -> None:
    while True:
        waiting = await records.find({"pending_since": {"$gt": datetime(2000, 1, 1, tzinfo=UTC)}}).sort(
            "pending_since").limit(AT_ONCE).to_list()  # fmt: skip
        for one in waiting:
            told = {name: value for name, value in one.items() if name != "pending_since"}
            await router.broker.publish(told, QUEUE, persist=True)
        if waiting:
            done = [UpdateOne({"_id": one["_id"]}, {"$unset": {"pending_since": 1}}) for one in waiting]
            await records.bulk_write(done, ordered=False)
        else:
            await asyncio.sleep(REST)


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    await records.create_index("pending_since", sparse=True)
    publishing = asyncio.create_task(publish_pending())
    yield
    publishing.cancel()


app = FastAPI(lifespan=lifespan)
app.include_router(router)
