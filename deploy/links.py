"""The link of a node to its parent: two shovels at the child, one user at the parent.

The child dials out, so that a street behind a firewall can join. `rise` pushes the child's `link.up` into its
inlet at the parent, `descend` pulls the parent's `link.down.<child>` into the child's inlet from above; both
acknowledge only what the other side has confirmed, so a cut loses nothing.
"""

from __future__ import annotations

import re
import time
from typing import Any
from urllib.parse import quote

from deploy.broker_admin import BrokerAdmin
from deploy.channel import connected, depth
from deploy.desired import Desired, User
from deploy.trouble import Trouble
from deploy.uris import Address
from shared import areas
from shared.events import topology

RISE, DESCEND = "rise", "descend"
PREFETCH = 500  # messages on their way at once
RECONNECT = 5  # seconds
# Milliseconds. A broker that is still starting takes connections and says nothing; while a shovel waits for
# it, the shovel cannot even be deleted.
CONNECT = 5000
HEARTBEAT = 10  # seconds; with 60 a frozen broker was not noticed in 90 s


def link_user(child: str) -> str:
    return f"link-{child}"


def check_parent(child: str, parent: str) -> None:
    if not areas.is_area(parent):
        raise Trouble(f"{parent} is not a division code of 6, 9 or 12 digits")
    if parent == child or not areas.contains(parent, child):
        above = " or ".join(areas.path(child)[:-1]) or "nothing: a district is a root"
        raise Trouble(f"{parent} is not above {child} (above it: {above})")


def at_parent(vhost: str, child: str, password: str) -> Desired:
    """The child's user may write into its inlet and read its own queue: it configures nothing. Its ingress, which comes
    behind the inlet, is open to it as well: until its node is added again, a child of 0.4.0 writes there.

    Verified with RabbitMQ 3.10.8: shovels only look queues up (passive), which needs no permission.
    """
    user = User(
        link_user(child),
        password,
        configure="^$",
        write=f"^({re.escape(topology.inlet(child))}|{re.escape(topology.ingress(child))})$",
        read=f"^{re.escape(topology.link_down(child))}$",
    )
    return Desired(vhost, topology.base() + topology.link_at_parent(child), (user,))


def shovels(vhost: str, child: str, parent: Address) -> dict[str, dict[str, Any]]:
    """Both shovels' settings; `parent` carries the link user's password.

    At the child's own end they connect within the broker, so no password of it is written down there.
    """
    own = f"amqp:///{quote(vhost, safe='')}"
    far = parent.uri(heartbeat=str(HEARTBEAT), connection_timeout=str(CONNECT), **_checked(parent))
    common = {
        "src-protocol": "amqp091",
        "dest-protocol": "amqp091",
        "src-prefetch-count": PREFETCH,
        "src-delete-after": "never",
        "ack-mode": "on-confirm",
        "reconnect-delay": RECONNECT,
    }
    return {
        RISE: common
        | {"src-uri": own, "src-queue": topology.LINK_UP}
        | {"dest-uri": far, "dest-exchange": topology.inlet(child)},
        DESCEND: common
        | {"src-uri": far, "src-queue": topology.link_down(child)}
        | {"dest-uri": own, "dest-exchange": topology.INLET_ABOVE},
    }


def _checked(parent: Address) -> dict[str, str]:
    """Left to itself a shovel of RabbitMQ 3.10 takes any certificate; with this it checks the host name too.

    Naming the host once more (`server_name_indication`) would break that for IP addresses.
    """
    return {"verify": "verify_peer"} if parent.scheme == "amqps" and "verify=" not in parent.query else {}


def far_end(admin: BrokerAdmin, vhost: str) -> str | None:
    """The address at the parent, with its password, that the shovel `rise` uses; None without a link."""
    shovel = admin.shovel(vhost, RISE)
    return str(shovel["dest-uri"]) if shovel else None


def wait_running(admin: BrokerAdmin, vhost: str, seconds: float) -> dict[str, str]:
    """The shovels' states as soon as both run, or after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = admin.shovel_states(vhost)
        states = {name: found.get(name, "starting") for name in (RISE, DESCEND)}
        if set(states.values()) == {"running"} or time.monotonic() >= end:
            return states
        time.sleep(0.5)


def check_drained(address: Address, queue: str) -> None:
    """Raises Trouble where messages wait. Any user of the virtual host may ask for the number."""
    with connected(address) as connection:
        held, _ = depth(connection, queue) or (0, 0)
    if held:
        raise Trouble(f"{queue} at {address.label} still holds {held} messages: let them pass, or --force")


def unbind(admin: BrokerAdmin, vhost: str, queue: str) -> None:
    """A queue that nobody empties any more must not fill: full, it would stop the publishers."""
    for binding in admin.bindings(vhost):
        if binding["destination"] == queue and binding["source"]:
            admin.unbind(vhost, binding)
