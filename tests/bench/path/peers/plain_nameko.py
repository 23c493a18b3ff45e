"""Plain Nameko as its documentation shows it: an HTTP entrypoint writes and then dispatches an event, a handler keeps
what it says. Two writes that nothing holds together: killed in between, the event is lost.

Settings: the defaults. Events are persistent and confirmed one by one; the handler's queue is durable and classic,
as the documentation has no other; ten workers.
"""

from __future__ import annotations

import json
import os
from typing import Any

from nameko.events import EventDispatcher, event_handler
from nameko.extensions import DependencyProvider
from nameko.web.handlers import http
from pymongo import MongoClient
from werkzeug.wrappers import Request


class Store(DependencyProvider):
    """The database, by PyMongo."""

    def setup(self) -> None:
        self.client: MongoClient[dict[str, Any]] = MongoClient(os.environ["PEER_STORE"], w=1, journal=True)

    def get_dependency(self, _worker: Any) -> Any:
        return self.client[os.environ["PEER_DATABASE"]]


class Records:
    name = "records"
    store = Store()
    dispatch = EventDispatcher()

    @http("POST", "/records")
    def record(self, request: Request) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.get_data())
        self.store.records.insert_one(body)
        self.dispatch("recorded", body)
        return 201, {"Content-Type": "application/json"}, json.dumps(body)


class Reader:
    name = "reader"
    store = Store()

    @event_handler("records", "recorded")
    def keep(self, told: dict[str, Any]) -> None:
        identifier = told.pop("_id")
        self.store.known.update_one({"_id": identifier}, {"$set": told, "$inc": {"times": 1}}, upsert=True)
