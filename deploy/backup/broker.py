"""What a node has at its broker: exchanges, queues, bindings, shovels, and the users of its virtual host.

Messages are not part of it. Users come with the hash of their password, so that links and subscribers go on
with the passwords that they have.
"""

from __future__ import annotations

from typing import Any

from deploy.broker_admin import BrokerAdmin
from deploy.places import Place
from deploy.trouble import Trouble

_PARTS = ("exchanges", "queues", "bindings")


def definitions(place: Place, area: str) -> dict[str, Any]:
    """As the broker tells them. Raises Trouble where it does not answer or has no such virtual host."""
    vhost = place.address.vhost
    if vhost not in place.admin.vhosts():
        raise Trouble(f"broker {place.admin.label} has no virtual host {vhost}: hatchery node add {area}")
    found = place.admin.definitions(vhost)
    permissions = [p for p in place.admin.permissions_in(vhost) if p["user"] != place.admin.user]
    users = [place.admin.user_of(p["user"]) for p in permissions]
    shovels = {p["name"]: p["value"] for p in found.get("parameters", []) if p["component"] == "shovel"}
    return {
        **{part: found.get(part, []) for part in _PARTS},
        "shovels": shovels,
        "users": [user for user in users if user],
        "permissions": permissions,
    }


def missing(place: Place, told: dict[str, Any]) -> list[str]:
    """What `bring_back` would make, one line each."""
    vhost, admin = place.address.vhost, place.admin
    lines = []
    if vhost not in admin.vhosts():
        lines.append(f"create virtual host {vhost} at broker {admin.label}")
    there = {"exchanges": admin.exchanges(vhost), "queues": admin.queues(vhost)}
    for part, known in there.items():
        names = [each["name"] for each in told[part] if each["name"] not in known]
        if names:
            lines.append(f"declare {part} {', '.join(names)} at broker {admin.label}")
    lines += [
        f"create user {u['name']} at broker {admin.label}"
        for u in told["users"]
        if admin.user_of(u["name"]) is None
    ]
    lines += [f"set up shovel {name} at broker {admin.label}" for name in _shovels_gone(admin, vhost, told)]
    return lines


def bring_back(place: Place, told: dict[str, Any]) -> None:
    """Make what is missing; what is there stays. Users that are there keep their passwords.

    Shovels follow in requests of their own: within one import they start before their queues are there.
    """
    vhost, admin = place.address.vhost, place.admin
    if vhost not in admin.vhosts():
        admin.create_vhost(vhost)
    body = {part: [entry | {"vhost": vhost} for entry in told[part]] for part in _PARTS}
    body["users"] = [user for user in told["users"] if admin.user_of(user["name"]) is None]
    body["permissions"] = [entry | {"vhost": vhost} for entry in told["permissions"]]
    admin.import_definitions(body)
    for name in _shovels_gone(admin, vhost, told):
        admin.put_shovel(vhost, name, told["shovels"][name])


def _shovels_gone(admin: BrokerAdmin, vhost: str, told: dict[str, Any]) -> list[str]:
    return [name for name in told["shovels"] if admin.shovel(vhost, name) is None]
