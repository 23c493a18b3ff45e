"""The one broker and the one store that everything is measured on."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import amqp
import requests
from pymongo import MongoClient

from deploy.embedded import Embedded


@dataclass
class Machine:
    embedded: Embedded
    folder: Path

    @property
    def servers(self) -> dict[str, int]:
        """Process ids of broker and store."""
        broker, store = self.embedded.broker.pid, self.embedded.store.pid
        assert broker
        assert store
        return {"store": store, "broker": broker}

    def vhost(self, name: str) -> str:
        """A new virtual host of that name and a word that no other has."""
        made = f"{name}-{uuid.uuid4().hex[:8]}"
        addresses = self.embedded.addresses
        where = f"{addresses.admin_url}/api/vhosts/{quote(made, safe='')}"
        requests.put(where, auth=(addresses.user, addresses.password), timeout=30).raise_for_status()
        return made

    @contextmanager
    def amqp(self, vhost: str) -> Iterator[amqp.Connection]:
        """A connection as the broker's administrator."""
        addresses = self.embedded.addresses
        place = f"{addresses.host}:{addresses.amqp_port}"
        with amqp.Connection(place, addresses.user, addresses.password, virtual_host=vhost) as connection:
            yield connection

    def client(self) -> MongoClient[dict[str, Any]]:
        return MongoClient(self.embedded.addresses.store_uri, w=1, journal=True)


@contextmanager
def machine() -> Iterator[Machine]:
    """Broker and store of its own, as the product starts them; nothing is left of them."""
    with tempfile.TemporaryDirectory(prefix="hatchery-bench-", ignore_cleanup_errors=True) as folder:
        embedded = Embedded(Path(folder) / "embedded")
        embedded.start()
        try:
            yield Machine(embedded, Path(folder))
        finally:
            embedded.stop()
