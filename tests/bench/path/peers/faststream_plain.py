"""FastStream in FastAPI, without an outbox: a route writes and then publishes.

Settings: PyMongo's own asyncio client; persistent messages to a quorum queue with publisher confirms, which are on by
default; uvicorn with uvloop and httptools, as `fastapi[standard]` brings them, without its log of requests.
"""

from __future__ import annotations

import os
from typing import Any

from fastapi import FastAPI
from faststream.rabbit.fastapi import RabbitRouter
from pymongo import AsyncMongoClient

from tests.bench.path.peers.faststream_reader import QUEUE

router = RabbitRouter(os.environ["PEER_BROKER"])
app = FastAPI()
client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["PEER_STORE"], w=1, journal=True)
records = client[os.environ["PEER_DATABASE"]]["records"]


@router.post("/records", status_code=201)
async def record(body: dict[str, Any]) -> dict[str, Any]:
    await records.insert_one(body)
    await router.broker.publish(body, QUEUE, persist=True)
    return body


app.include_router(router)
