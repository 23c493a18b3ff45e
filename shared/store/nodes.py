"""The nodes that this one knows: who hosts what, where, and which keys to trust.

Every node announces itself by an event (`gateway.node.announced`); each service keeps this read model of it,
so that it can tell who owns an area's records and verify tokens while it is cut off.
"""

from __future__ import annotations

import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from marshmallow import Schema, fields
from mongoengine import DictField, ListField, StringField

from shared import areas, keys
from shared.node import GATEWAY, Node
from shared.store.readmodel import ReadModel

_FRESH = 2.0  # seconds that the list is kept in memory: processes of one service learn of a new node by then


class KnownNode(ReadModel):
    """One node, as it announced itself; `id` is its area."""

    meta = {"collection": "known_nodes"}
    parent = StringField()
    services = ListField(StringField())
    withdrawn = ListField(StringField())
    url = StringField()
    keys = ListField(DictField())


class PublicKey(Schema):
    """An Ed25519 public key: `x` is the raw key in base64url (RFC 8037)."""

    kid = fields.Str(required=True)
    x = fields.Str(required=True)


class NodeAnnouncement(Schema):
    """The state of a node that every other may know: the data of `gateway.node.announced`."""

    id = fields.Str(required=True)
    parent = fields.Str(allow_none=True, load_default=None)
    services = fields.List(
        fields.Str(), required=True, metadata={"description": "for which it owns its area's records"}
    )
    withdrawn = fields.List(
        fields.Str(),
        load_default=list,
        dump_default=list,
        metadata={"description": "hosted still, but its area's records are owned above again"},
    )
    url = fields.Str(required=True)
    keys = fields.List(fields.Nested(PublicKey), required=True)


_cache: tuple[float, dict[str, KnownNode]] = (float("-inf"), {})


def known() -> dict[str, KnownNode]:
    global _cache
    if time.monotonic() - _cache[0] > _FRESH:
        _cache = (time.monotonic(), {node.id: node for node in KnownNode.objects})
    return _cache[1]


def forget() -> None:
    """Look into the store again at the next question."""
    global _cache
    _cache = (float("-inf"), {})


def serving(here: Node, service: str, area: str) -> tuple[str, str | None]:
    """The node that serves `area` for `service`, and its address: the nearest one, from the area upwards.

    Where this node knows nobody who does, its parent is named, which may; at a root, the area's district
    without an address: nobody serves it.
    """
    others = known()
    for candidate in reversed(areas.path(area)):
        if candidate == here.area:
            mine = others.get(candidate)
            hosted = service in here.services and service not in (mine.withdrawn if mine else ())
            if hosted or service == GATEWAY:
                return here.area, here.url
        elif candidate in others and (service in others[candidate].services or service == GATEWAY):
            return candidate, others[candidate].url
    return (here.parent, address(here, here.parent)) if here.parent else (area[:6], None)


def address(here: Node, area: str) -> str | None:
    if area == here.area:
        return here.url
    node = known().get(area)
    return node.url if node else None


def find_key(here: Node, kid: str) -> tuple[Ed25519PublicKey, str] | None:
    """The public key named `kid` and the area of its node; None for a key that nobody announced."""
    for own in keys.accepted(here.keys):
        if keys.kid(here.area, own) == kid:
            return own, here.area
    node = known().get(kid.split(".")[0])
    if node is None:
        return None
    found = next((entry for entry in node.keys if entry["kid"] == kid), None)
    return (keys.from_published(found), node.id) if found else None
