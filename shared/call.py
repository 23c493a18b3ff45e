"""What a command knows of its call: who asks, for what cause, at which service of which node."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from shared import areas, clock
from shared.errors import Forbidden, Text
from shared.ids import derived_id, new_id
from shared.node import Node


class Grant(NamedTuple):
    """A role at an area; it holds there and below, never above."""

    role: str
    area: str


@dataclass(frozen=True)
class Actor:
    """Who asks. `organisation` is set for an organisation's officer, who acts for that one only."""

    subject: str
    grants: tuple[Grant, ...] = ()
    organisation: str | None = None

    def may(self, roles: frozenset[str], area: str) -> bool:
        return any(g.role in roles and areas.contains(g.area, area) for g in self.grants)


NOBODY = Actor("anonymous")
PLATFORM = Actor("platform")  # the platform itself, when it acts on an event


@dataclass(frozen=True)
class Call:
    """One command's circumstances.

    `cause` is the id of the request or event that asks for the change. It is kept with the change in one
    write, so that the same cause never changes anything twice. `allowed` are the roles that the route
    admits; None for the platform's own effects and for public routes. `origin` is where the request came from:
    the client's address as this node's gateway saw it, or the source of the event. `operation` is the route,
    effect or command that was called.
    """

    node: Node
    service: str
    cause: str = field(default_factory=new_id)
    actor: Actor = PLATFORM
    allowed: frozenset[str] | None = None
    correlation: str = ""
    origin: str = ""
    operation: str = ""
    now: datetime = field(default_factory=clock.now)

    def new_id(self, label: str) -> str:
        return derived_id(self.cause, label)

    def authorise(self, area: str, organisation: str | None = None) -> None:
        """Raise Forbidden unless the actor has one of the route's roles at `area`.

        Someone who acts for an organisation may touch that organisation's records only.
        """
        if self.allowed is None:
            return
        own = self.actor.organisation
        if own is not None and organisation is not None and own != organisation:
            raise Forbidden(
                "other-organisation",
                Text("You act for another organisation.", "您代表的是其他组织。"),
                Text("Sign in as an officer of that organisation.", "请以该组织负责人的身份登录。"),
            )
        if not self.actor.may(self.allowed, area):
            needed = ", ".join(sorted(self.allowed))
            raise Forbidden(
                "role-needed",
                Text(
                    f"This needs one of the roles {needed} at {area} or above.",
                    f"需要在 {area} 或其上级具有以下角色之一：{needed}。",
                ),
                Text("Ask for a token with that role at that area.", "请申请具有该区域相应角色的令牌。"),
            )
