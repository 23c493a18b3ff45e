"""What can be asked of a node."""

from __future__ import annotations

from typing import Any

from services.gateway.documents import Restore, Resync
from shared import keys
from shared.http import Page
from shared.node import SERVICES, Node
from shared.store import nodes, queries


def node(here: Node) -> dict[str, Any]:
    """This node, with the server of each service: itself or the nearest ancestor that hosts it."""
    services = []
    for service in SERVICES:
        owner, url = nodes.serving(here, service, here.area)
        services.append({"service": service, "hosted": service in here.services, "node": owner, "url": url})
    return {
        "area": here.area,
        "name": here.name,
        "parent": here.parent,
        "url": here.url,
        "services": services,
        "keys": [keys.published(here.area, key) for key in keys.accepted(here.keys)],
    }


def known() -> Page[Any]:
    return Page(sorted(nodes.known().values(), key=lambda n: str(n.id)))


def resyncs(query: dict[str, Any]) -> Page[Resync]:
    return queries.page(Resync, query)


def restores(query: dict[str, Any]) -> Page[Restore]:
    return queries.page(Restore, query)
