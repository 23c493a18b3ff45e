"""What the gateway does: tell all other nodes who this one is, and again whenever a new one joins."""

from __future__ import annotations

from typing import Any

from services.gateway import subjects
from services.gateway.documents import AnnouncedNode
from shared import areas, keys
from shared.call import Call
from shared.errors import Misdirected
from shared.store import command, find, save
from shared.store.aggregate import AlreadyApplied


@command
def announce(call: Call) -> AnnouncedNode:
    """Announce this node as its description says. Nothing happens when nothing changed."""
    public = keys.published(call.node.area, keys.load_public(call.node.keys))
    told = {
        "parent": call.node.parent,
        "services": list(call.node.services),
        "url": call.node.url,
        "keys": [dict(public)],
    }
    mine = find(AnnouncedNode, call.node.area)
    if mine is None:
        mine = AnnouncedNode(
            id=call.node.area, area=call.node.area, owner=call.node.area, created_at=call.now
        )
    elif all(getattr(mine, name) == value for name, value in told.items()):
        return mine
    for name, value in told.items():
        setattr(mine, name, value)
    return save(call, mine, subjects.ANNOUNCED)


@command
def welcome(call: Call, data: dict[str, Any]) -> AnnouncedNode:
    """Announce this node again when another below it announces itself: what was said before the link to it
    stood never reached it. Raises Misdirected for nodes that are not below this one."""
    if data["subject"] == call.node.area or not areas.contains(call.node.area, data["subject"]):
        raise Misdirected(data["subject"], None)
    mine = find(AnnouncedNode, call.node.area)
    if mine is None:
        return announce(call)
    if call.cause in mine.inbox:
        raise AlreadyApplied(mine)
    return save(call, mine, subjects.ANNOUNCED)
