"""A node's description, made from what the command line wishes and what was there before."""

from __future__ import annotations

from typing import Any

from deploy import links
from deploy.embedded.addresses import accepts
from deploy.home import Home
from deploy.places import Place, node_user
from deploy.trouble import UNREACHABLE, Trouble
from deploy.wish import Wish
from shared import tls
from shared.node import GATEWAY, SERVICES, Node

LOOPBACK = "127.0.0.1"
FIRST_PORT, PORT_STEP = 8100, 10  # a node takes its own port and one for each service behind it


def describe(home: Home, wish: Wish, before: Node | None, here: Place) -> dict[str, Any]:
    """The node's description. What does not change keeps the words it is written in (`${NAME}`)."""
    if wish.parent:
        links.check_parent(wish.area, wish.parent)
    if (
        before
        and before.parent
        and wish.parent not in (None, before.parent)
        and home.operator(wish.area).linked
    ):
        raise Trouble(
            f"node {wish.area} hangs on {before.parent}: take it off first (hatchery node remove {wish.area})"
        )
    parent = wish.parent or (before.parent if before else None)
    port = wish.port or (before.port if before else _free_port(home))
    folder = wish.tls or (before.tls if before else None)
    serves = folder is not None and (folder / tls.CERTIFICATE).exists()
    standard = f"{'https' if before.serves_tls else 'http'}://127.0.0.1:{before.port}" if before else None
    kept_url = before.url if before and before.url != standard else None
    values: dict[str, Any] = {
        "area": wish.area,
        "parent": parent,
        "services": list(_services(wish, before)),
        "url": wish.url or kept_url or f"{'https' if serves else 'http'}://127.0.0.1:{port}",
        "bind": wish.bind or (before.bind if before else LOOPBACK),
        "port": port,
        "service_urls": _service_urls(wish, before),
        "broker": here.address.uri(),
        "broker_admin": _admin_url(wish.area, here),
        "store": wish.store or _store(home, before),
        "keys": "keys",
        "clock": wish.clock or (before.clock if before else "wall"),
        "tls": str(folder) if folder else None,
        "otlp": (before.otlp if before else None) if wish.otlp is None else wish.otlp or None,
    }
    if before is None:
        return values
    now = {name: getattr(before, name) for name in values} | {
        "services": list(before.services),
        "service_urls": dict(before.service_urls),
        "tls": str(before.tls) if before.tls else None,
        "keys": "keys",
    }
    raw = home.raw(wish.area)
    return raw | {name: value for name, value in values.items() if value != now[name]}


def _services(wish: Wish, before: Node | None) -> tuple[str, ...]:
    if wish.services is None:
        if before is None:
            raise Trouble(f"say which services it hosts: --services {','.join(SERVICES)}, all or none")
        return before.services
    unknown = [name for name in wish.services if name not in SERVICES]
    if unknown:
        raise Trouble(f"unknown service {', '.join(unknown)} (there are {', '.join(SERVICES)})")
    return tuple(name for name in SERVICES if name in wish.services)


def _service_urls(wish: Wish, before: Node | None) -> dict[str, str]:
    """Where services listen, for those who ask from another machine or container."""
    known = (GATEWAY, *SERVICES)
    unknown = [name for name in wish.service_urls or {} if name not in known]
    if unknown:
        raise Trouble(f"unknown service {', '.join(unknown)} (there are {', '.join(known)})")
    return dict(before.service_urls if before else {}) | dict(wish.service_urls or {})


def _store(home: Home, before: Node | None) -> str:
    embedded = home.embedded()
    # An embedded store may change its port between two starts, so its address is always read anew.
    if before and (embedded is None or not _is_embedded(before.store)):
        return before.store
    if embedded is None:
        raise Trouble("give --store, or start the embedded broker and store", UNREACHABLE)
    return embedded.store_uri


def _is_embedded(store: str) -> bool:
    return store.startswith("mongodb://127.0.0.1:") and "/?directConnection=true" in store


def _admin_url(area: str, here: Place) -> str | None:
    """The management API as the node's own user; None where that user is somebody else's."""
    if here.address.user != node_user(area):
        return None
    return here.admin.address_for(here.address.user, here.address.password)


def _free_port(home: Home) -> int:
    taken = {home.node(area).port for area in home.nodes()}
    port = FIRST_PORT
    while any(abs(port - other) < PORT_STEP for other in taken) or any(
        accepts(port + offset, 0.2) for offset in range(len(SERVICES) + 1)
    ):
        port += PORT_STEP
    return port
