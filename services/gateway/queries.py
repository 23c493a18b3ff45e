"""What can be asked of a node."""

from __future__ import annotations

from typing import Any

from mongoengine import Q

from services.gateway.documents import DataRequest, KnownHead, Restore, Resync
from shared import keys
from shared.call import Call
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


def resyncs(call: Call, query: dict[str, Any]) -> Page[Resync]:
    call.authorise(call.node.area)
    return queries.page(Resync, query)


def restores(call: Call, query: dict[str, Any]) -> Page[Restore]:
    call.authorise(call.node.area)
    return queries.page(Restore, query)


def heads(call: Call, query: dict[str, Any]) -> Page[KnownHead]:
    """Heads of a node's audit chains, by their numbers. Raises Forbidden to those without a role at that node."""
    call.authorise(query["node"])
    found = KnownHead.objects(node=query["node"], service=query["service"])
    if query["cursor"]:
        number, identifier = query["cursor"]
        found = found.filter(Q(number__gt=number) | Q(number=number, id__gt=identifier))
    items = list(found.order_by("number", "id").limit(query["limit"] + 1))
    return Page.of(items, query["limit"], lambda one: [one.number, one.id])


def data_requests(call: Call, query: dict[str, Any]) -> Page[DataRequest]:
    call.authorise(call.node.area)
    return queries.page(DataRequest, query, "status")
