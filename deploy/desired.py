"""What a virtual host should look like, what is missing of it, and the few requests that supply it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.broker_admin import BrokerAdmin
from deploy.trouble import Trouble
from shared.events.topology import Binding, Topology, accepted, definitions


@dataclass(frozen=True)
class User:
    """A user of the broker and its regular expressions in one virtual host.

    `ours` is False for a user that somebody else made: its password and tags are left alone.
    """

    name: str
    password: str
    configure: str
    write: str
    read: str
    tags: str = ""
    ours: bool = True

    @property
    def permission(self) -> tuple[str, str, str]:
        return (self.configure, self.write, self.read)


@dataclass(frozen=True)
class Desired:
    vhost: str
    topology: Topology
    users: tuple[User, ...] = ()
    shovels: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    idle: tuple[str, ...] = ()  # queues that nobody empties any more: bound, they would fill for ever


@dataclass
class Changes:
    """What one broker lacks: `lines` say it to people (verb first), the rest is what `apply` sends."""

    vhost: str
    lines: list[str] = field(default_factory=list)
    create_vhost: bool = False
    permit_admin: bool = False
    users: list[dict[str, str]] = field(default_factory=list)
    permissions: list[dict[str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # queues to be deleted and declared anew
    topology: Topology = field(default_factory=Topology)
    shovels: dict[str, dict[str, Any]] = field(default_factory=dict)
    bindings_to_delete: list[dict[str, Any]] = field(default_factory=list)


def compare(admin: BrokerAdmin, desired: Desired, *, replace_broken: bool = False) -> Changes:
    """Changes nothing. Raises Trouble where something exists in another form. With `replace_broken`, queues whose data
    the broker can read no more count as missing."""
    changes = Changes(desired.vhost)
    place = f"at broker {admin.label}, virtual host {desired.vhost}"
    exists = desired.vhost in admin.vhosts()
    if not exists:
        changes.create_vhost = True
        changes.lines.append(f"create virtual host {desired.vhost} at broker {admin.label}")
    for user in desired.users:
        _compare_user(admin, desired.vhost, user, changes, place)
    if replace_broken and exists:
        found = admin.broken_queues(desired.vhost)
        changes.broken = [queue.name for queue in desired.topology.queues if queue.name in found]
    if changes.broken:
        changes.lines.append(f"delete broken queues {', '.join(changes.broken)} {place}")
    changes.topology = missing = _missing(admin, desired, exists, changes.broken)
    if missing.exchanges:
        changes.lines.append(f"declare exchanges {', '.join(e.name for e in missing.exchanges)} {place}")
    if missing.queues:
        changes.lines.append(f"declare queues {', '.join(q.name for q in missing.queues)} {place}")
    changes.lines += [f"{line} {place}" for line in _bind_lines(missing.bindings)]
    if desired.shovels and exists and admin.permissions(desired.vhost, admin.user) is None:
        changes.permit_admin = True
        changes.lines.append(f"permit user {admin.user} {place}")
    for name, value in desired.shovels.items():
        if not exists or admin.shovel(desired.vhost, name) != value:
            changes.shovels[name] = value
            changes.lines.append(f"set up shovel {name} {place}")
    if desired.idle and exists:
        bound = admin.bindings(desired.vhost)
        changes.bindings_to_delete = [b for b in bound if b["destination"] in desired.idle and b["source"]]
    for queue in sorted({b["destination"] for b in changes.bindings_to_delete}):
        changes.lines.append(f"unbind {queue}, whose service is not hosted any more, {place}")
    return changes


def apply(admin: BrokerAdmin, changes: Changes) -> None:
    """Users, permissions, exchanges, queues and bindings go in one request.

    Shovels follow in their own: within one import they start first, and a shovel that doesn't find its queue
    declares one of its own kind (seen on RabbitMQ 3.10.8: a classic queue in place of the quorum queue).
    """
    if changes.create_vhost:
        admin.create_vhost(changes.vhost)
    if changes.permit_admin:
        admin.permit(changes.vhost, admin.user, ".*", ".*", ".*")
    for queue in changes.broken:
        admin.delete_queue(changes.vhost, queue)
    parts = definitions(changes.topology)
    for entries in parts.values():
        for entry in entries:
            entry["vhost"] = changes.vhost
    body = {"users": changes.users, "permissions": changes.permissions, **parts}
    if any(body.values()):
        admin.import_definitions(body)
    for name, value in changes.shovels.items():
        admin.put_shovel(changes.vhost, name, value)
    for binding in changes.bindings_to_delete:
        admin.unbind(changes.vhost, binding)


def _bind_lines(bindings: tuple[Binding, ...]) -> Iterator[str]:
    """One line for all sources that a destination is bound to by the same keys."""
    keys: dict[tuple[str, str], list[str]] = {}
    for b in bindings:
        keys.setdefault((b.destination, b.source), []).append(b.key)
    sources: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (destination, source), patterns in keys.items():
        sources.setdefault((destination, tuple(patterns)), []).append(source)
    for (destination, found), names in sources.items():
        yield f"bind {destination} to {', '.join(names)} with {', '.join(found)}"


def _compare_user(admin: BrokerAdmin, vhost: str, user: User, changes: Changes, place: str) -> None:
    found = admin.user_of(user.name)
    same = found is not None and admin.has_password(user.name, user.password)
    if found is not None and not user.ours and not same:
        raise Trouble(f"broker {admin.label} has a user {user.name} with another password")
    if found is None or (user.ours and not (same and _tags(found) == user.tags)):
        changes.users.append({"name": user.name, "password": user.password, "tags": user.tags})
        changes.lines.append(
            f"{'create' if found is None else 'reset'} user {user.name} at broker {admin.label}"
        )
    if admin.permissions(vhost, user.name) != user.permission:
        configure, write, read = user.permission
        changes.permissions.append(
            {"user": user.name, "vhost": vhost, "configure": configure, "write": write, "read": read}
        )
        changes.lines.append(
            f"permit user {user.name} to configure {configure} write {write} read {read} {place}"
        )


def _tags(user: Mapping[str, Any]) -> str:
    tags = user.get("tags") or []
    return tags if isinstance(tags, str) else ",".join(tags)


def _missing(admin: BrokerAdmin, desired: Desired, exists: bool, broken: Collection[str]) -> Topology:
    """What is to be declared; a queue that is deleted before takes its bindings along."""
    wanted = desired.topology
    if not exists:
        return wanted
    exchanges, queues = admin.exchanges(desired.vhost), admin.queues(desired.vhost)
    for exchange in wanted.exchanges:
        found = exchanges.get(exchange.name)
        if found and (found["type"], found["arguments"]) != (exchange.type, dict(exchange.arguments)):
            raise _differs(admin, desired.vhost, "exchange", exchange.name)
    for queue in wanted.queues:
        if queue.name in queues and queues[queue.name]["arguments"] not in accepted(queue):
            raise _differs(admin, desired.vhost, "queue", queue.name)
    bound = {
        Binding(b["source"], b["destination"], b["routing_key"], b["destination_type"])
        for b in admin.bindings(desired.vhost)
    }
    return Topology(
        tuple(e for e in wanted.exchanges if e.name not in exchanges),
        tuple(q for q in wanted.queues if q.name not in queues or q.name in broken),
        tuple(b for b in wanted.bindings if b not in bound or b.destination in broken),
    )


def _differs(admin: BrokerAdmin, vhost: str, kind: str, name: str) -> Trouble:
    return Trouble(
        f"{kind} {name} exists with other arguments at broker {admin.label}, virtual host {vhost}: "
        "empty it, delete it, and run this again"
    )
