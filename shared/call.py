"""What a command knows of its call: who asks, for what cause, at which service of which node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from shared import areas, clock
from shared.errors import Forbidden, Text
from shared.ids import derived_id, new_id
from shared.node import Node
from shared.permissions import OWN, Rule


class Grant(NamedTuple):
    """A role at an area; it holds there and below, never above."""

    role: str
    area: str


@dataclass(frozen=True)
class Actor:
    """Who asks. `organisation` is set for who acts for that one only, as its officers do."""

    subject: str
    grants: tuple[Grant, ...] = ()
    organisation: str | None = None

    def is_one_of(self, owners: Sequence[str | None]) -> bool:
        """Whether a record that belongs to these organisations or persons is the actor's own."""
        return self.subject in owners or (self.organisation is not None and self.organisation in owners)


NOBODY = Actor("anonymous")
PLATFORM = Actor("platform")  # the platform itself, when it acts on an event


class Reach(NamedTuple):
    """Part of a list that the actor may see: an area with all below it, all of it or own records only."""

    area: str
    own: bool


@dataclass(frozen=True)
class Call:
    """One command's circumstances.

    `cause` is the id of the request or event that asks for the change. It is kept with the change in one
    write, so that the same cause never changes anything twice. `rule` says who may; None for the platform's
    own effects. `origin` is where the request came from: the client's address as this node's gateway saw it, or
    the source of the event. `operation` is the route, effect or command that was called. `fresh` says that nobody
    has seen the cause before, so that what it would have made need not be looked for. `checked` tells whoever answers
    the request that the rule has been applied.
    """

    node: Node
    service: str
    cause: str = field(default_factory=new_id)
    actor: Actor = PLATFORM
    rule: Rule | None = None
    correlation: str = ""
    origin: str = ""
    operation: str = ""
    fresh: bool = False
    now: datetime = field(default_factory=clock.now)
    checked: set[str] = field(default_factory=set, compare=False, repr=False)

    def new_id(self, label: str) -> str:
        return derived_id(self.cause, label)

    def may(self, at: str | Sequence[str], *own: str | None, role: str | None = None) -> bool:
        """Whether the actor may do this at the area `at` (or one of several) to a record that belongs to `own`.

        `own` are ids of organisations or subjects of persons. Who acts for an organisation may touch that
        organisation's records only, whatever the role. With `role`, no other role counts.
        """
        if self.rule is None:
            return True
        self.checked.add(self.rule.operation)
        if self._of_others(own):
            return False
        return self.rule.admits(self.actor, [at] if isinstance(at, str) else at, own, role)

    def authorise(self, at: str | Sequence[str], *own: str | None, role: str | None = None) -> None:
        """Raise Forbidden unless the actor `may`."""
        if self.may(at, *own, role=role) or self.rule is None:
            return
        places = [at] if isinstance(at, str) else list(dict.fromkeys(at))
        if self._of_others(own):
            raise Forbidden(
                "other-organisation",
                Text("You act for another organisation.", "您代表的是其他组织。"),
                Text("Sign in as an officer of that organisation.", "请以该组织负责人的身份登录。"),
            )
        needed = role or self.rule.named_roles
        raise Forbidden(
            "role-needed",
            Text(
                f"This needs one of the roles {needed} at {' or '.join(places)} or above.",
                f"需要在 {' 或 '.join(places)} 或其上级具有以下角色之一：{needed}。",
            ),
            Text("Ask for a token with that role at that area.", "请申请具有该区域相应角色的令牌。"),
        )

    def reach(self, area: str | None) -> list[Reach]:
        """What a list of `area`, or of all areas for None, may show to the actor.

        Raises Forbidden where that is nothing: without a role of the rule at `area` or above.
        """
        if self.rule is None or not self.rule.bound:
            return [Reach(area, False)] if area else []
        self.checked.add(self.rule.operation)
        held = [grant for grant in self.actor.grants if grant.role in self.rule.holders]
        found = {
            Reach(area or grant.area, self.rule.holders[grant.role] == OWN)
            for grant in held
            if area is None or areas.contains(grant.area, area)
        }
        if not found:
            self.authorise(area or self.node.area)
        return sorted(found - {wide for wide in found if wide.own and Reach(wide.area, False) in found})

    def cleared(self) -> Call:
        """The same call for what follows by itself from what the actor may do: it needs no role of its own."""
        return replace(self, rule=None)

    def _of_others(self, own: Sequence[str | None]) -> bool:
        named = [owner for owner in own if owner is not None]
        return self.actor.organisation is not None and bool(named) and not self.actor.is_one_of(named)
