"""Changing a node's credentials while it works: the link's password, the broker user's, the signing key.

What is new is written down before anybody is told of it, and everything can be repeated: whoever was killed
half-way runs the same command again. Connections that stand go on with the password that opened them, so a
change interrupts nothing; what was on its way over a link when its shovels began anew is sent once more, and
recognised.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy import desired, links, trust
from deploy.broker_admin import new_password
from deploy.desired import Desired
from deploy.home import Home, write_private
from deploy.places import Place, node_user, own_place, own_user
from deploy.trouble import ATTENTION, DONE, Trouble
from shared import clock, keys
from shared.events.topology import Topology
from shared.node import GATEWAY, Node

Say = Callable[[str], None]
ANSWER = 3.0  # seconds that a gateway has
KNOWN = 60.0  # seconds until the nodes that can be asked should know a new key


def link(home: Home, area: str, above: Place, *, allow_plain: bool, dry_run: bool, say: Say) -> int:
    """A new password for the node's user at its parent.

    The parent learns it first. Shovels that are cut off in between fail to connect until they have it too, and
    try again for ever.
    """
    operator, here = home.operator(area), own_place(home, area)
    if not operator.linked:
        raise Trouble(f"node {area} is not linked to its parent: hatchery node add {area}")
    password = new_password()
    far = above.address.as_user(links.link_user(area), password)
    trust.check_private(f"the link to {far.label}", far.uri(), allow_plain)
    say(_would(dry_run, f"change the password of {far.user} at broker {above.admin.label}, then the shovels"))
    if dry_run:
        return DONE
    home.write_operator(area, replace(operator, link_password=password))
    desired.apply(above.admin, desired.compare(above.admin, links.at_parent(far.vhost, area, password)))
    vhost = here.address.vhost
    wanted = Desired(vhost, Topology(), shovels=links.shovels(vhost, area, far))
    desired.apply(here.admin, desired.compare(here.admin, wanted))
    states = links.wait_running(here.admin, vhost, 20.0)
    say("link: " + ", ".join(f"{name} {state}" for name, state in states.items()))
    return DONE if set(states.values()) == {"running"} else ATTENTION


def broker(home: Home, area: str, *, dry_run: bool, say: Say) -> int:
    """A new password for the node's user at its own broker.

    The services read it from the description at their next connection; nothing is started again.
    """
    here, raw = own_place(home, area), home.raw(area)
    if here.address.user != node_user(area):
        raise Trouble(
            f"user {here.address.user} is not the platform's: change it at the broker, "
            f"then hatchery node add {area} --broker ..."
        )
    if here.address.password not in str(raw.get("broker")):
        raise Trouble(f"the password in {home.description(area)} comes from the environment: change it there")
    say(_would(dry_run, f"change the password of {here.address.user} at broker {here.admin.label}"))
    if dry_run:
        return DONE
    changed = replace(here, address=replace(here.address, password=new_password()))
    home.write_node(area, raw | _addresses(changed))
    wanted = Desired(changed.address.vhost, Topology(), (own_user(area, changed),))
    desired.apply(changed.admin, desired.compare(changed.admin, wanted))
    return DONE


def _addresses(place: Place) -> dict[str, Any]:
    user, password = place.address.user, place.address.password
    return {"broker": place.address.uri(), "broker_admin": place.admin.address_for(user, password)}


def key(home: Home, area: str, *, force: bool, dry_run: bool, say: Say) -> int:
    """A new signing key: announced, known to the other nodes, then used; the old one is good for 15 minutes more.

    Where a node that answers does not know the new key yet, nothing signs with it: run it again, or `force`.
    Nor before this node's own gateway has announced it. Raises Trouble while tokens of an earlier change still live.
    """
    folder, node = home.keys(area), home.node(area)
    if dry_run:
        begun = (folder / keys.NEXT_PRIVATE).exists()
        say(f"would {'go on with the' if begun else 'make a'} new key in {folder}, announce it, sign with it")
        return DONE
    if completed(folder):
        say("the change that was interrupted is complete now")
        return DONE
    new = keys.kid(area, announce(folder).public_key())
    say(f"announced {new}")
    ignorant = _wait_known(node, new, say)
    if ignorant and not force:
        say(
            f"not known yet to {', '.join(ignorant)}: nothing signs with {new} yet; run this again, or --force"
        )
        return ATTENTION
    activate(folder)
    say(f"tokens are signed with {new} now; those of the key before are good until they expire")
    return DONE


def completed(folder: Path) -> bool:
    """Whether a run before was killed at its very last step; that is done now."""
    if (folder / keys.NEXT_PRIVATE).exists() or not (folder / keys.NEXT_PUBLIC).exists():
        return False
    (folder / keys.NEXT_PUBLIC).replace(folder / keys.PUBLIC)
    return True


def announce(folder: Path) -> Ed25519PrivateKey:
    """The next key, made now or by a run before; the gateway announces it from now on.

    Raises Trouble while tokens of an earlier change still live.
    """
    if not (folder / keys.NEXT_PRIVATE).exists():
        _check_settled(folder)
        fresh = Ed25519PrivateKey.generate()
        write_private(folder / keys.NEXT_PRIVATE, keys.private_pem(fresh).decode())
    new = keys.load_private(folder, keys.NEXT_PRIVATE)
    write_private(folder / keys.NEXT_PUBLIC, keys.public_pem(new).decode())
    return new


def activate(folder: Path) -> None:
    """Sign with the next key. Both keys are accepted at each moment of it."""
    write_private(folder / keys.PREVIOUS_PUBLIC, (folder / keys.PUBLIC).read_text(encoding="ascii"))
    (folder / keys.NEXT_PRIVATE).replace(folder / keys.PRIVATE)
    (folder / keys.NEXT_PUBLIC).replace(folder / keys.PUBLIC)


def _check_settled(folder: Path) -> None:
    file = folder / keys.PREVIOUS_PUBLIC
    age = clock.wall().timestamp() - file.stat().st_mtime if file.exists() else float("inf")
    if age < keys.LIFETIME + keys.LEEWAY:
        left = int(keys.LIFETIME + keys.LEEWAY - age)
        raise Trouble(f"the key was changed {int(age)} s ago and its tokens still live: again in {left} s")


def _wait_known(node: Node, kid: str, say: Say) -> list[str]:
    """The nodes known here, itself among them, that do not know the key after KNOWN seconds at most.

    Nodes that cannot be asked are named and not waited for: a child behind a firewall never answers, and hears
    of the key over its link all the same.
    """
    end, left = time.monotonic() + KNOWN, {node.area: node.url_of(GATEWAY)}
    for other in _known(left[node.area], node) or []:
        left[other["id"]] = left.get(other["id"], other["url"])
    while left and time.monotonic() < end:
        for area, known in {area: _known(url, node) for area, url in left.items()}.items():
            if known is None and area != node.area:
                say(f"{area} cannot be asked from here; its link brings it the new key")
            if (known is None and area != node.area) or _names(known or [], node.area, kid):
                del left[area]
        time.sleep(0.5 if left else 0)
    return list(left)


def _names(known: list[dict[str, Any]], area: str, kid: str) -> bool:
    return any(each["kid"] == kid for one in known if one["id"] == area for each in one.get("keys", []))


def _known(url: str, node: Node) -> list[dict[str, Any]] | None:
    """The nodes that the one at `url` knows; None where it does not answer."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.get(f"{url}/api/nodes", timeout=ANSWER, verify=node.verify)
            return list(answer.json()["items"])
        except (requests.RequestException, ValueError, KeyError):
            return None


def _would(dry_run: bool, what: str) -> str:
    return f"would {what}" if dry_run else what
