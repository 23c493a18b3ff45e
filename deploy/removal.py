"""Taking a node off its parent, and, only where asked, deleting what it held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from deploy import links, trust
from deploy.embedded.addresses import accepts
from deploy.home import Home
from deploy.places import Place, node_user, own_place, parent_place
from deploy.trouble import DONE, UNREACHABLE, Trouble
from shared.events import topology
from shared.node import GATEWAY, Node

Say = Callable[[str], None]
Step = tuple[str, Callable[[], None]]


def remove(
    home: Home,
    area: str,
    *,
    parent_broker: str | None = None,
    parent_broker_admin: str | None = None,
    force: bool = False,
    purge: bool = False,
    dry_run: bool = False,
    say: Say,
) -> int:
    """Take the node off its parent. Topology and data stay unless `purge`."""
    node = home.node(area)
    here = own_place(home, area)
    given = trust.with_ca(parent_broker, node.tls), trust.with_ca(parent_broker_admin, node.tls)
    above = parent_place(home, node.parent, *given) if node.parent else None
    if purge:
        _check_stopped(node)
        _check_childless(home, area)
    if not force:
        links.check_drained(here.address, topology.LINK_UP)
        password = home.operator(area).link_password
        if above and password:
            far = above.address.as_user(links.link_user(area), password)
            links.check_drained(far, topology.link_down(area))
        _check_taken_in(here, topology.INLET_ABOVE)
        if above:
            _check_taken_in(above, topology.inlet(area))
    steps = list(_steps_off(area, here, above))
    if purge:
        steps += list(_steps_purge(home, node, here, above))
    steps.append((f"write {home.folder(area) / 'operator.yaml'}", lambda: _mark_off(home, area)))
    if purge:
        steps[-1] = (f"delete {home.folder(area)}", lambda: home.forget(area))
    for line, act in steps:
        say(f"would {line}" if dry_run else line)
        if not dry_run:
            act()
    return DONE


def _steps_off(area: str, here: Place, above: Place | None) -> Iterator[Step]:
    vhost = here.address.vhost
    for name in (links.RISE, links.DESCEND):
        if here.admin.shovel(vhost, name) is not None:
            yield (
                f"delete shovel {name} at broker {here.admin.label}, virtual host {vhost}",
                partial(here.admin.delete_shovel, vhost, name),
            )
    yield (
        f"unbind {topology.LINK_UP} at broker {here.admin.label}, virtual host {vhost}",
        lambda: links.unbind(here.admin, vhost, topology.LINK_UP),
    )
    if above:
        user, queue, far = links.link_user(area), topology.link_down(area), above.address.vhost
        yield f"delete user {user} at broker {above.admin.label}", lambda: above.admin.delete_user(user)
        yield (
            f"unbind {queue} at broker {above.admin.label}, virtual host {far}",
            lambda: links.unbind(above.admin, far, queue),
        )


def _steps_purge(home: Home, node: Node, here: Place, above: Place | None) -> Iterator[Step]:
    area, vhost = node.area, here.address.vhost
    if above:
        ours = f"{topology.link_down(area)}, {topology.inlet(area)} and {topology.ingress(area)}"
        yield (
            f"delete {ours} at broker {above.admin.label}, virtual host {above.address.vhost}",
            partial(_delete_entry, above, area),
        )
    yield f"delete virtual host {vhost} at broker {here.admin.label}", lambda: here.admin.delete_vhost(vhost)
    if here.address.user == node_user(area):
        yield (
            f"delete user {node_user(area)} at broker {here.admin.label}",
            lambda: here.admin.delete_user(node_user(area)),
        )
    yield f"drop the databases hatchery_{area}_*", lambda: _drop_databases(node)


def _delete_entry(above: Place, area: str) -> None:
    for queue in (topology.link_down(area), topology.inlet(area)):
        above.admin.delete_queue(above.address.vhost, queue)
    for exchange in (topology.inlet(area), topology.ingress(area)):
        above.admin.delete_exchange(above.address.vhost, exchange)


def _check_taken_in(place: Place, inlet: str) -> None:
    """Raises Trouble where a link has handed over what a queue of that node has not taken yet."""
    held = place.admin.held(place.address.vhost, inlet)
    if held:
        raise Trouble(
            f"{inlet} at broker {place.admin.label}, virtual host {place.address.vhost} still holds {held} messages "
            "that a queue there does not take: see hatchery node status, or --force"
        )


def _drop_databases(node: Node) -> None:
    try:
        with pymongo.MongoClient[dict[str, Any]](node.store, serverSelectionTimeoutMS=5000) as client:
            for name in client.list_database_names():
                if name.startswith(f"hatchery_{node.area}_"):
                    client.drop_database(name)
    except PyMongoError as error:
        raise Trouble(f"the store of node {node.area} does not answer", UNREACHABLE) from error


def _mark_off(home: Home, area: str) -> None:
    home.write_operator(area, replace(home.operator(area), linked=False, link_password=None))


def _check_stopped(node: Node) -> None:
    running = [name for name in (GATEWAY, *node.services) if accepts(node.port_of(name))]
    if running:
        raise Trouble(f"node {node.area} still runs ({', '.join(running)}): stop it first")


def _check_childless(home: Home, area: str) -> None:
    children = [
        code for code in home.nodes() if home.node(code).parent == area and home.operator(code).linked
    ]
    if children:
        raise Trouble(f"{', '.join(children)} still hang on {area}: remove them first")
