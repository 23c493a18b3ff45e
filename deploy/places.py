"""The brokers that a command deals with: a node's own, and its parent's."""

from __future__ import annotations

from dataclasses import dataclass, replace

from deploy import uris
from deploy.broker_admin import BrokerAdmin, new_password
from deploy.desired import User
from deploy.home import Home, Operator
from deploy.trouble import UNREACHABLE, Trouble
from deploy.uris import Address
from deploy.wish import Wish
from shared.node import Node


@dataclass(frozen=True)
class Place:
    """A broker as an operator reaches it: the virtual host's address, and the management API."""

    address: Address
    admin: BrokerAdmin


def own_place(home: Home, area: str) -> Place:
    """A known node's broker, with the address that the node's own services use."""
    address = uris.parse(home.node(area).broker)
    admin = home.operator(area).admin
    if admin:
        return Place(address, BrokerAdmin(admin))
    embedded = _embedded(home)
    return Place(
        replace(embedded.address, user=address.user, password=address.password, vhost=address.vhost),
        embedded.admin,
    )


def parent_place(home: Home, parent: str, broker: str | None, admin: str | None) -> Place:
    """The parent's broker: as given, or as the home knows it."""
    if broker and admin:
        address = uris.parse(broker)
        return Place(address if address.vhost else address.within(parent), BrokerAdmin(admin))
    if broker or admin:
        raise Trouble("--parent-broker and --parent-broker-admin belong together")
    if parent not in home.nodes():
        raise Trouble(
            f"parent {parent} is not known in {home.path}: add it first (hatchery node add {parent}), "
            "or give --parent-broker and --parent-broker-admin"
        )
    return own_place(home, parent)


def _embedded(home: Home) -> Place:
    found = home.embedded()
    if found is None:
        raise Trouble(
            f"no embedded broker and store in {home.path}: start them (python -m deploy.embedded), "
            "or give --broker, --broker-admin and --store",
            UNREACHABLE,
        )
    api = BrokerAdmin(found.admin_url).address_for(found.user, found.password)
    return Place(uris.parse(found.amqp_uri("/")), BrokerAdmin(api))


def own_broker(home: Home, wish: Wish, before: Node | None, operator: Operator) -> tuple[Place, Operator]:
    """The node's broker with the node's own user and virtual host.

    An embedded broker may change its ports between two starts, so its address is always read anew.
    """
    known = uris.parse(before.broker) if before else None
    if wish.broker or wish.broker_admin:
        admin = wish.broker_admin or operator.admin
        if admin is None:
            raise Trouble("--broker and --broker-admin belong together")
        operator = replace(operator, admin=admin)
        address = uris.parse(wish.broker) if wish.broker else known
    else:
        address = known if operator.admin else _embedded(home).address.within("").as_user("", "")
    if address is None:
        raise Trouble("--broker and --broker-admin belong together")
    place = BrokerAdmin(operator.admin) if operator.admin else _embedded(home).admin
    if not address.vhost:
        address = address.within(known.vhost if known else wish.area)
    if not address.user:
        user = node_user(wish.area)
        password = known.password if known and known.user == user else new_password()
        address = address.as_user(user, password)
    return Place(address, place), operator


def node_user(area: str) -> str:
    return f"node-{area}"


def own_user(area: str, here: Place) -> User:
    """The services declare their own queues, so within the node's virtual host they may do everything."""
    ours = here.address.user == node_user(area)
    tags = "management" if ours else ""  # lets the node's services read their own queues' figures
    return User(here.address.user, here.address.password, ".*", ".*", ".*", tags, ours)
