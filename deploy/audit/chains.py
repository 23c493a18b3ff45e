"""A node's audit chains as they stand in its store."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.database import Database

from deploy.backup import snapshot
from deploy.home import Home
from deploy.trouble import Trouble
from shared.audit.sealing import COLLECTION
from shared.node import GATEWAY, Node
from shared.store.aggregate import Aggregate

Stored = dict[str, Any]
BATCH = 1000  # entries fetched at once


def chosen(node: Node, service: str | None) -> tuple[str, ...]:
    """The services whose chains are meant. Raises Trouble for one that the node does not host."""
    hosted = (GATEWAY, *node.services)
    if service is not None and service not in hosted:
        raise Trouble(f"node {node.area} hosts no {service} (it hosts {', '.join(hosted)})")
    return (service,) if service else hosted


@contextmanager
def opened(home: Home, area: str) -> Iterator[tuple[Node, dict[str, Database[Stored]]]]:
    """The node and the databases of its services. Raises Trouble where the store does not answer."""
    node = home.node(area)
    with snapshot.store(node) as client:
        yield node, {name: client[node.database(name)] for name in (GATEWAY, *node.services)}


def entries(db: Database[Stored], where: dict[str, Any] | None = None) -> Iterator[Stored]:
    """The chain in the order of its numbers."""
    yield from db[COLLECTION].find(where or {}, batch_size=BATCH).sort("_id", 1)


def kinds(service: str) -> Iterable[type[Aggregate]]:
    """What a service keeps a trail of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eventlet tells its users that it is old; operators can't help that
        found = importlib.import_module(f"services.{service}.service").SERVICE.aggregates
    return [kind for kind in found if kind.audited]
