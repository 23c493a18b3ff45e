"""Adding a node: its keys and description, its virtual host, and the link to its parent."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from deploy import desired, links, trust
from deploy.broker_admin import new_password
from deploy.description import describe
from deploy.desired import Changes, Desired
from deploy.home import Home, Operator
from deploy.places import Place, own_broker, own_user, parent_place
from deploy.trouble import ATTENTION, DONE, Trouble
from deploy.wish import Wish
from shared import areas, keys
from shared.events import directed, topology
from shared.events.topology import Topology
from shared.node import GATEWAY, SERVICES

Say = Callable[[str], None]
LINK_WAIT = 20.0  # seconds until a new link should run


@dataclass
class Plan:
    """Everything that `add` would do, found out without changing anything."""

    area: str
    description: dict[str, Any]
    operator: Operator
    here: Place
    parent: Place | None
    files: list[str]
    at_parent: Changes | None
    at_child: Changes

    @property
    def broken(self) -> bool:
        """Whether queues are made anew."""
        return bool(self.at_child.broken or (self.at_parent and self.at_parent.broken))

    def lines(self) -> Iterator[str]:
        yield from self.files
        if self.at_parent:
            yield from self.at_parent.lines
        yield from self.at_child.lines


def add(home: Home, wish: Wish, *, dry_run: bool, say: Say, replace_broken: bool = False) -> int:
    """Bring the node into being, or to what the wish says; the same wish a second time changes nothing.

    With `replace_broken`, queues whose data the broker can read no more are made anew, without what they held.
    """
    before = home.node(wish.area).services if wish.area in home.nodes() else ()
    plan = plan_add(home, wish, replace_broken=replace_broken)
    lines = list(plan.lines())
    for line in lines:
        say(f"would {line}" if dry_run else line)
    if not lines:
        say(f"nothing to change: node {plan.area} is as asked")
    if dry_run:
        return DONE
    if lines:
        _carry_out(home, plan)
    if plan.broken and not dry_run:
        say("start the broker again: what links are handing over to queues made anew waits until then")
        say(f"what the broken queues held is sent again by: {_republishing(plan)}")
    if plan.parent is None:
        return DONE
    states = links.wait_running(plan.here.admin, plan.here.address.vhost, LINK_WAIT)
    if set(plan.description["services"]) - set(before):
        say(
            f"once the node runs, it takes over what nodes above hold for it: hatchery node handover {plan.area}"
        )
    say(f"link to {plan.description['parent']}: " + ", ".join(f"{k} {v}" for k, v in states.items()))
    return DONE if set(states.values()) == {"running"} else ATTENTION


def _republishing(plan: Plan) -> str:
    """How what lay in this node's queues and in its link's is sent again: here, above, and below."""
    areas = [area for area in (plan.area, plan.description["parent"]) if area]
    commands = ", ".join(f"hatchery node republish {area} --since TIME" for area in areas)
    return f"{commands}, and the same for each node below {plan.area}"


def plan_add(home: Home, wish: Wish, *, replace_broken: bool = False) -> Plan:
    """Raises Trouble for what is not allowed or not reachable."""
    if not areas.is_area(wish.area):
        raise Trouble(f"{wish.area!r} is not a division code of 6, 9 or 12 digits")
    before = home.node(wish.area) if wish.area in home.nodes() else None
    wish = wish.trusting(wish.tls or (before.tls if before else None))
    _check_private(wish)
    operator = home.operator(wish.area)
    here, operator = own_broker(home, wish, before, operator)
    description = describe(home, wish, before, here)
    parts = topology.base() + _queues(wish.area, description["services"])
    idle = tuple(topology.service_queue(s) for s in SERVICES if s not in description["services"])
    wanted = Desired(here.address.vhost, parts, (own_user(wish.area, here),), idle=idle)
    above, parent_changes = None, None
    if description["parent"]:
        above = parent_place(home, description["parent"], wish.parent_broker, wish.parent_broker_admin)
        password = operator.link_password or new_password()
        operator = replace(operator, link_password=password, linked=True)
        far = above.address.as_user(links.link_user(wish.area), password)
        trust.check_private(f"the link to {far.label}", far.uri(), wish.allow_plain)
        _check_exists(above, description["parent"])
        at_parent = links.at_parent(far.vhost, wish.area, password)
        parent_changes = desired.compare(above.admin, at_parent, replace_broken=replace_broken)
        wanted = replace(
            wanted,
            topology=wanted.topology + topology.link_at_child(),
            shovels=links.shovels(here.address.vhost, wish.area, far),
        )
    files = _file_changes(home, wish.area, description, operator)
    child_changes = desired.compare(here.admin, wanted, replace_broken=replace_broken)
    return Plan(wish.area, description, operator, here, above, files, parent_changes, child_changes)


def _check_private(wish: Wish) -> None:
    """What was allowed once stays; only what is asked for now is looked at."""
    for what, uri in (
        ("requests to this node", wish.url),
        ("its way to the broker", wish.broker),
        ("the broker's administration", wish.broker_admin),
        ("its way to the store", wish.store),
        ("the administration of the parent's broker", wish.parent_broker_admin),
    ):
        trust.check_private(what, uri, wish.allow_plain)


def _queues(area: str, services: Iterable[str]) -> Topology:
    """The queues of all hosted services, before the first of them runs.

    Each service declares them too. But what comes over a link between the start of the first and that of the
    last would find exchanges without their queues: a child's announcement, with its key, was lost that way.
    """
    parts = Topology()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eventlet tells its users that it is old; operators can't help that
        for name in (GATEWAY, *services):
            # Imported here: it brings the services' libraries in, which no other command needs.
            handlers = importlib.import_module(f"services.{name}.events").HANDLERS
            parts += topology.service(name, [*handlers.patterns(), *directed.patterns(area, name)])
    return parts


def _check_exists(place: Place, parent: str) -> None:
    if place.address.vhost not in place.admin.vhosts():
        raise Trouble(
            f"broker {place.admin.label} has no virtual host {place.address.vhost}: "
            f"add the parent there first (hatchery node add {parent})"
        )


def _file_changes(home: Home, area: str, description: dict[str, Any], operator: Operator) -> list[str]:
    lines = []
    if not (home.keys(area) / keys.PRIVATE).exists():
        lines.append(f"create key pair in {home.keys(area)}")
    if home.raw(area) != description:
        lines.append(f"write {home.description(area)}")
    if home.operator(area) != operator:
        lines.append(f"write {home.folder(area) / 'operator.yaml'}")
    return lines


def _carry_out(home: Home, plan: Plan) -> None:
    """Files first: passwords are kept before a broker knows them, so an interrupted run can be repeated."""
    if not (home.keys(plan.area) / keys.PRIVATE).exists():
        keys.generate(home.keys(plan.area))
    home.write_operator(plan.area, plan.operator)
    home.write_node(plan.area, plan.description)
    if plan.at_parent and plan.parent:
        desired.apply(plan.parent.admin, plan.at_parent)
    desired.apply(plan.here.admin, plan.at_child)
