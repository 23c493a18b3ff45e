"""What a node's description names, asked whether it is really there: `hatchery node check --online`."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from deploy import links, uris
from deploy.broker_admin import BrokerAdmin
from deploy.channel import connected
from deploy.findings import Finding, warning
from deploy.home import Home
from deploy.places import own_place
from deploy.trouble import Trouble
from shared.node import GATEWAY, Node

WAIT = 5.0  # seconds that each of them has to answer
SKEW = 10.0  # seconds by which clocks may differ; tokens and leases live by them


def reach(home: Home, node: Node) -> list[Finding]:
    """Ask broker, management, store, parent, ports and clocks, one after the other, each for some seconds."""
    return [
        *_broker(node),
        *_management(node),
        *_store(node),
        *_parent(home, node),
        *_ports(node),
        *_elsewhere(node),
        *_collector(node),
    ]


def _broker(node: Node) -> Iterator[Finding]:
    address = uris.parse(node.broker)
    try:
        with connected(address):
            pass
    except Trouble as trouble:
        remedy = f"start the broker, or let the way there through; user and password: hatchery node add {node.area}"
        yield Finding("broker", str(trouble), remedy)


def _management(node: Node) -> Iterator[Finding]:
    if node.broker_admin is None:
        return
    try:
        told = BrokerAdmin(node.broker_admin).clock()
    except Trouble as trouble:
        remedy = "enable rabbitmq_management, or leave the field out: then queues have no figures"
        yield warning("broker_admin", str(trouble), remedy)
        return
    if told:
        yield from _clock("the broker's", told)


def _store(node: Node) -> Iterator[Finding]:
    client: MongoClient[dict[str, Any]] = MongoClient(node.store, serverSelectionTimeoutMS=int(WAIT * 1000))
    with closing(client):
        try:
            told = client.admin.command("hello")
            client[node.database(GATEWAY)].list_collection_names()
        except PyMongoError as error:
            label = ", ".join(f"{host}:{port}" for host, port in client._topology_settings.seeds)
            remedy = "start the store, or let the way there through; check user, password and authSource"
            yield Finding("store", f"{label} does not answer ({type(error).__name__})", remedy)
            return
    if "localTime" in told:
        yield from _clock("the store's", told["localTime"].replace(tzinfo=UTC))


def _clock(whose: str, told: datetime) -> Iterator[Finding]:
    off = (told - datetime.fromtimestamp(time.time(), UTC)).total_seconds()
    if abs(off) > SKEW:
        remedy = "let an NTP service set the clocks (timedatectl set-ntp true)"
        yield Finding("the clock", f"{whose} is {off:+.0f} s off this machine's", remedy)


def _parent(home: Home, node: Node) -> Iterator[Finding]:
    if node.parent is None:
        return
    if node.area not in home.nodes():
        yield warning("parent", f"{home.path} does not know this node, so its link cannot be asked",
                      "run this where the node was added")  # fmt: skip
        return
    repair = f"hatchery node add {node.area} --parent {node.parent} repairs it"
    try:
        place = own_place(home, node.area)
        states = place.admin.shovel_states(place.address.vhost)
        wrong = [n for n in (links.RISE, links.DESCEND) if states.get(n) != "running"]
        far = links.far_end(place.admin, place.address.vhost)
        if wrong:
            told = ", ".join(f"{name} is {states.get(name, 'missing')}" for name in wrong)
            yield Finding("parent", f"the link to {node.parent} does not run: {told}", repair)
        if far:
            with connected(uris.parse(far)):
                pass
    except Trouble as trouble:
        yield Finding(
            "parent", str(trouble), f"start the parent's broker, or let the way there through; {repair}"
        )


def _ports(node: Node) -> Iterator[Finding]:
    for name in (GATEWAY, *node.services):
        if _is_local(node, name):
            yield from _port(node, name)


def _is_local(node: Node, name: str) -> bool:
    given = node.service_urls.get(name)
    return given is None or urlsplit(given).hostname in ("127.0.0.1", "localhost", "::1")


def _port(node: Node, name: str) -> Iterator[Finding]:
    port, bind = node.port_of(name), node.bind_of(name)
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
                yield Finding(
                    "bind", f"{bind} is no address of this machine", "0.0.0.0, or one of `ip address`"
                )
            elif not _is_ours(node, name):
                remedy = f"`ss -ltnp sport = :{port}` tells who; end it, or take another port"
                yield Finding("port", f"{name} wants {port}, which is taken ({error.strerror})", remedy)


def _is_ours(node: Node, name: str) -> bool:
    """Whether this very service listens there: the node runs already."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.verify = node.verify
            told = session.get(f"{node.url_of(name)}/livez", timeout=WAIT).json()
    except (requests.RequestException, ValueError):
        return False
    return isinstance(told, dict) and (told.get("service"), told.get("node")) == (name, node.area)


def _elsewhere(node: Node) -> Iterator[Finding]:
    for name in (GATEWAY, *node.services):
        if not _is_local(node, name):
            parts = urlsplit(node.url_of(name))
            port = parts.port or (443 if parts.scheme == "https" else 80)
            if not _answers(str(parts.hostname), port):
                yield warning(f"service_urls.{name}", f"nobody listens at {parts.hostname}:{port}",
                              "start the service there, or let the way there through")  # fmt: skip


def _collector(node: Node) -> Iterator[Finding]:
    if node.otlp:
        parts = urlsplit(node.otlp)
        port = parts.port or 4318
        if not _answers(str(parts.hostname), port):
            yield warning("otlp", f"nobody listens at {parts.hostname}:{port}", "traces are lost until then")


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), WAIT):
            return True
    except OSError:
        return False
