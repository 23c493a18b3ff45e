"""What the gateway does: tell all other nodes who this one is, and ask them for what this one must know."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.gateway import subjects
from services.gateway.documents import AnnouncedNode, KnownHead, Restore, Resync
from shared import areas, keys, runtime
from shared.call import Call
from shared.errors import Misdirected, Refused, Text
from shared.events import directed
from shared.store import command, find, new, save, save_all, timeline
from shared.store.aggregate import AlreadyApplied
from shared.store.connection import database


@command
def announce(call: Call) -> AnnouncedNode:
    """Announce this node as its description says, and ask for the state that services new here must know.

    Nothing happens when nothing changed.
    """
    mine = find(AnnouncedNode, call.node.area)
    return _announce(call, mine, mine.withdrawn if mine else ())


@command
def withdraw(call: Call, services: Collection[str]) -> AnnouncedNode:
    """Announce this node without these services, and with all others that it hosts: the node above owns the
    records of its area again. They run on, so that their records can be handed over."""
    call.authorise(call.node.area)
    return _announce(call, find(AnnouncedNode, call.node.area), services)


def _announce(call: Call, mine: AnnouncedNode | None, withdrawn: Collection[str]) -> AnnouncedNode:
    told = _description(call, withdrawn)
    if mine is not None and all(getattr(mine, name) == value for name, value in told.items()):
        return mine
    if mine is not None:
        before = {*mine.services, *mine.withdrawn}
        asked = [_request(call, service) for service in call.node.services if service not in before]
    else:
        area = call.node.area
        asked = _requests(call) if call.node.parent else []  # a root that is new has nobody to ask
        mine = AnnouncedNode(id=area, area=area, owner=area, seat=area, created_at=call.now)
    for name, value in told.items():
        setattr(mine, name, value)
    save_all(call, (mine, subjects.ANNOUNCED), *((one, subjects.ASKED) for one in asked))
    return mine


def _description(call: Call, withdrawn: Collection[str]) -> dict[str, Any]:
    return {
        "parent": call.node.parent,
        "services": [name for name in call.node.services if name not in withdrawn],
        "withdrawn": [name for name in call.node.services if name in withdrawn],
        "url": call.node.url,
        "keys": [dict(keys.published(call.node.area, key)) for key in keys.accepted(call.node.keys)],
    }


@command
def resync(call: Call, service: str) -> Resync:
    """Ask for the state again that a service here keeps. Raises Refused for one that this node does not host."""
    if service not in runtime.bindings():
        raise Refused(
            "service-not-hosted",
            Text(f"This node does not host {service}.", f"本节点未部署服务 {service}。"),
            Text("Ask the node that hosts it.", "请在部署该服务的节点上操作。"),
            field="service",
        )
    return save(call, _request(call, service), subjects.ASKED)


def _request(call: Call, target: str) -> Resync:
    nouns = directed.nouns(runtime.bindings().get(target, []))
    return new(call, Resync, area=call.node.area, label=f"resync {target}", target=target, nouns=nouns)


def _requests(call: Call) -> list[Resync]:
    """One for each service of this node: each is told what it keeps, and nothing of what the others do."""
    return [_request(call, service) for service in runtime.bindings()]


@command
def announce_restore(call: Call) -> Restore | None:
    """After a restore, once: tell all nodes above and below, which send again what they sent since before the
    backup, and tell what they remember of this node's records; and ask for the state that was lost."""
    restored = timeline.restored()
    if restored is None:
        return None
    restore = new(
        replace(call, cause=f"restore:{call.node.area}:{restored[0]}"),
        Restore,
        area=call.node.area,
        since=restored[1],
    )
    asked = [(one, subjects.ASKED) for one in _requests(call)]
    save_all(call, (restore, subjects.RESTORE_ANNOUNCED), *asked)
    return restore


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


def keep_head(call: Call, data: dict[str, Any]) -> None:
    """Keep what a node here or below tells of its audit chains. What was kept once is never changed: whoever rewrote
    a chain cannot rewrite this too. Raises Misdirected for what a node tells of another."""
    if data["node"] != data["area"]:
        raise Misdirected(data["area"], None)
    told = {name: data[name] for name in ("service", "number", "hash", "chain_epoch", "sealed_at")}
    identifier = f"{data['node']}/{told['service']}/{told['number']}/{told['hash']}"
    kept = told | {"_id": identifier, "node": data["node"], "told_at": call.now}
    try:
        database()[KnownHead._get_collection_name()].insert_one(kept)
    except DuplicateKeyError:
        raise AlreadyApplied(KnownHead(id=identifier)) from None
