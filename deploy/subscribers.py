"""Other systems' subscriptions: a bounded queue and a user of its own that may read that queue only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from deploy import desired
from deploy.broker_admin import new_password
from deploy.channel import connected, depth
from deploy.desired import Desired
from deploy.places import Place
from deploy.trouble import Trouble
from shared.events import topology
from shared.events.topology import Binding

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
    new_secret: bool = False,
) -> str | None:
    """Set the subscription up, or bring it to these patterns.

    Returns its URI with the password where one was made, which is kept nowhere; None where the user has one.
    `log` also lets it read the stream of all events, to fill gaps.
    """
    _check(name, patterns, max_length)
    vhost, queue, user = place.address.vhost, topology.subscriber_queue(name), user_of(area, name)
    fresh = new_secret or place.admin.user_of(user) is None
    password = new_password() if fresh else ""
    wanted = Desired(vhost, topology.subscriber(name, patterns, max_length))
    changes = desired.compare(place.admin, wanted)
    if changes.create_vhost:
        raise Trouble(f"broker {place.admin.label} has no virtual host {vhost}: add the node first")
    if fresh:
        place.admin.put_user(user, password)
    readable = [re.escape(queue), *([re.escape(topology.LOG)] if log else [])]
    place.admin.permit(vhost, user, "^$", "^$", f"^({'|'.join(readable)})$")
    desired.apply(place.admin, changes)
    _unbind_others(place, queue, set(wanted.topology.bindings))
    return replace(place.address.as_user(user, password), query="").uri() if fresh else None


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


def remove(place: Place, area: str, name: str) -> None:
    """Delete the user first, so that nobody reads while the queue goes."""
    queue = topology.subscriber_queue(name)
    if queue not in place.admin.queues(place.address.vhost):
        raise Trouble(f"node {area} has no subscriber {name}")
    place.admin.delete_user(user_of(area, name))
    place.admin.delete_queue(place.address.vhost, queue)


def _check(name: str, patterns: tuple[str, ...], max_length: int) -> None:
    if not _NAME.fullmatch(name):
        raise Trouble(f"a subscriber's name has lower-case letters, digits and '-' only: {name!r}")
    for pattern in patterns:
        if not _PATTERN.fullmatch(pattern):
            raise Trouble(f"{pattern!r} is no routing pattern; 'registry.organisation.#' is one")
    if max_length < 1:
        raise Trouble("--max-length is the number of messages that may wait, at least 1")


def _unbind_others(place: Place, queue: str, wanted: set[Binding]) -> None:
    for binding in place.admin.bindings(place.address.vhost):
        found = Binding(binding["source"], binding["destination"], binding["routing_key"])
        if binding["destination"] == queue and binding["source"] and found not in wanted:
            place.admin.unbind(place.address.vhost, binding)
