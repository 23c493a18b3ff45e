"""What was told of a node's chains to others: the heads that its own gateway, the gateway of the node above, and
receipts know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pymongo.database import Database

from deploy.api import Api
from deploy.home import Home
from deploy.trouble import UNREACHABLE, Trouble
from shared.audit.chain import Anchor
from shared.node import GATEWAY, Node

Stored = dict[str, Any]
PAGE = 200


def in_store(databases: dict[str, Database[Stored]], node: Node, service: str) -> Iterator[Anchor]:
    """What the node's own store says was told: whoever can write there can change it with the chain."""
    for one in databases[service]["audit_heads"].find({"owner": node.area}):
        yield _anchor(one, f"{service} itself")
    for one in databases[GATEWAY]["known_heads"].find({"node": node.area, "service": service}):
        yield _anchor(one, f"the gateway of {node.area}")


def above(
    home: Home, node: Node, databases: dict[str, Database[Stored]], service: str, url: str | None
) -> Iterator[Anchor]:
    """What the node above was told. Raises Trouble where it cannot be asked."""
    parent = str(node.parent)
    known = databases[GATEWAY]["known_nodes"].find_one({"_id": parent}) or {}
    address = url or known.get("url")
    if not address:
        raise Trouble(f"the address of node {parent} is not known here: give it by --parent-url", UNREACHABLE)
    api = Api(home, node.area, roles=("auditor",), at=str(address))
    asked = f"/api/node/audit-heads?node={node.area}&service={service}&limit={PAGE}"
    following: str | None = ""
    while following is not None:
        page = api.get(f"{asked}&cursor={following}" if following else asked)
        for one in page["items"]:
            yield _anchor(one, f"the gateway of {parent}")
        following = page["next"]


def _anchor(one: Stored, told_to: str) -> Anchor:
    return Anchor(one["number"], one["hash"], one["chain_epoch"], told_to, str(one["sealed_at"]))
