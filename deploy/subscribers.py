"""Other systems' subscriptions: a bounded queue and a user of its own that may read that queue only."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from deploy import desired
from deploy.broker_admin import new_password
from deploy.channel import connected, depth
from deploy.desired import Desired
from deploy.places import Place
from deploy.trouble import Trouble
from shared.events import topology
from shared.events.topology import Binding

Say = Callable[[str], None]

MAX_LENGTH = 100_000  # messages that wait for a subscriber before the oldest give way
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_PATTERN = re.compile(r"[a-z0-9*#]+([._-][a-z0-9*#]+)*")


@dataclass(frozen=True)
class Subscriber:
    name: str
    user: str
    bindings: tuple[str, ...]
    max_length: int
    waiting: int
    consumers: int


def user_of(area: str, name: str) -> str:
    """The area belongs to the name: several nodes may share one broker, whose users are common to all."""
    return f"sub-{area}-{name}"


def add(
    place: Place,
    area: str,
    name: str,
    patterns: tuple[str, ...],
    max_length: int,
    *,
    log: bool = False,
    dry_run: bool = False,
    say: Say,
) -> str | None:
    """Set the subscription up, or bring it to these patterns; `say` is told each thing that is done.

    Returns its URI with the password where the user was made, which is kept nowhere; None where it is there
    already. `log` also lets it read the stream of all events, to fill gaps.
    """
    _check(name, patterns, max_length)
    vhost, queue, user = place.address.vhost, topology.subscriber_queue(name), user_of(area, name)
    fresh = place.admin.user_of(user) is None
    password = new_password() if fresh else ""
    wanted = Desired(vhost, topology.subscriber(name, patterns, max_length))
    changes = desired.compare(place.admin, wanted)
    if changes.create_vhost:
        raise Trouble(f"broker {place.admin.label} has no virtual host {vhost}: add the node first")
    others = _other_bindings(place, queue, set(wanted.topology.bindings))
    readable = [re.escape(queue), *([re.escape(topology.LOG)] if log else [])]
    permission = ("^$", "^$", f"^({'|'.join(readable)})$")
    permit = place.admin.permissions(vhost, user) != permission
    for line in (
        *([f"create user {user}"] if fresh else []),
        *([f"permit user {user} to read {queue}{f' and {topology.LOG}' if log else ''}"] if permit else []),
        *changes.lines,
        *(f"unbind {queue} from {binding['routing_key']}" for binding in others),
    ):
        say(line)
    if dry_run:
        return None
    if fresh:
        place.admin.put_user(user, password)
    if permit:
        place.admin.permit(vhost, user, *permission)
    desired.apply(place.admin, changes)
    for binding in others:
        place.admin.unbind(vhost, binding)
    return _uri(place, user, password) if fresh else None


def rotate(place: Place, area: str, name: str, *, disconnect: bool = False) -> str:
    """Give the subscriber a new password; returns its URI, which is kept nowhere.

    From then on the broker takes the new one only, but who is connected stays connected: it reads on until its
    program is started again with the new URI, and its queue keeps what comes meanwhile. `disconnect` ends its
    connections at once, for a password that others know.
    """
    check_known(place, area, name)
    user, password = user_of(area, name), new_password()
    place.admin.put_user(user, password)
    if disconnect:
        place.admin.close_connections(user)
    return _uri(place, user, password)


def _uri(place: Place, user: str, password: str) -> str:
    """As the subscriber is told it: where the CA's file lies on this machine is no concern of theirs."""
    return replace(place.address.as_user(user, password), query="").uri()


def check_known(place: Place, area: str, name: str) -> None:
    """Raises Trouble where the node has no such subscriber."""
    queue = topology.subscriber_queue(name)
    if queue not in place.admin.queues(place.address.vhost) or not place.admin.user_of(user_of(area, name)):
        raise Trouble(f"node {area} has no subscriber {name}: hatchery subscriber list {area}")


def list_all(place: Place, area: str) -> list[Subscriber]:
    vhost, prefix = place.address.vhost, topology.subscriber_queue("")
    queues = {n: q for n, q in place.admin.queues(vhost).items() if n.startswith(prefix)}
    bindings = place.admin.bindings(vhost)
    found = []
    with connected(place.address) as connection:
        for queue, settings in sorted(queues.items()):
            name = queue.removeprefix(prefix)
            keys = sorted(b["routing_key"] for b in bindings if b["destination"] == queue and b["source"])
            waiting, consumers = depth(connection, queue) or (0, 0)
            bound = settings["arguments"].get("x-max-length", 0)
            found.append(Subscriber(name, user_of(area, name), tuple(keys), bound, waiting, consumers))
    return found


def remove(place: Place, area: str, name: str, *, dry_run: bool = False) -> list[str]:
    """Delete the user first, so that nobody reads while the queue goes; returns what is deleted."""
    queue, user = topology.subscriber_queue(name), user_of(area, name)
    if queue not in place.admin.queues(place.address.vhost):
        raise Trouble(f"node {area} has no subscriber {name}: hatchery subscriber list {area}")
    with connected(place.address) as connection:
        waiting, _ = depth(connection, queue) or (0, 0)
    if not dry_run:
        place.admin.delete_user(user)
        place.admin.delete_queue(place.address.vhost, queue)
    return [f"delete user {user}", f"delete queue {queue} with {waiting} messages"]


def _check(name: str, patterns: tuple[str, ...], max_length: int) -> None:
    if not _NAME.fullmatch(name):
        raise Trouble(f"a subscriber's name has lower-case letters, digits and '-' only: {name!r}")
    for pattern in patterns:
        if not _PATTERN.fullmatch(pattern):
            raise Trouble(f"{pattern!r} is no routing pattern; 'registry.organisation.#' is one")
    if max_length < 1:
        raise Trouble("--max-length is the number of messages that may wait, at least 1")


def _other_bindings(place: Place, queue: str, wanted: set[Binding]) -> list[dict[str, Any]]:
    """Those of an earlier run that are not wanted any more, as the management API tells them."""
    return [
        binding
        for binding in place.admin.bindings(place.address.vhost)
        if binding["destination"] == queue
        and binding["source"]
        and Binding(binding["source"], queue, binding["routing_key"]) not in wanted
    ]
