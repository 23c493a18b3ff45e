"""Directed events: what is told again to one service of one node, on the ways that all events take.

A node that lacks state asks for it (`gateway.resync.asked`). Who owns records then tells their current state
again, to the asker alone: under a routing key of its own kind, to which only the asker's queues are bound.

    restated.<service>@<asker>.<telling service>.<audience>.<district>[.<street>[.<community>]]

Subscribers, bound to the nouns that they want, see nothing of it; the stream `events.log` holds it. The key's
end is not the record's area but a way that the links let through: the asker's area where it descends, the
teller's own where it rises, and the audience `node` where asker and teller are the same node.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from shared import areas

FIRST = "restated"
EVERY = "all"  # in place of a service: all services of the asker
LONGEST = 40  # letters of a service's name; a routing key has 255 bytes


@dataclass(frozen=True)
class Direction:
    """To which service of which node, and by which area's ways."""

    target: str
    asker: str
    audience: Literal["area", "node"]
    way: str

    @classmethod
    def toward(cls, asker: str, target: str, here: str) -> Direction:
        """From the node `here` to a node above or below it, or to itself."""
        if asker == here:
            return cls(target, asker, "node", here)
        return cls(target, asker, "area", asker if areas.contains(here, asker) else here)

    @classmethod
    def parse(cls, text: str) -> Direction:
        """From the envelope's extension `directedto`. Raises ValueError."""
        to, audience, way = text.split("/")
        target, asker = to.split("@")
        if not is_target(target) or not areas.is_area(asker) or not areas.is_area(way):
            raise ValueError(f"{text!r} is not <service>@<area>/<audience>/<area>")
        if audience == "node":
            return cls(target, asker, "node", way)
        if audience == "area":
            return cls(target, asker, "area", way)
        raise ValueError(f"{audience!r} is no audience of a directed event")

    @property
    def text(self) -> str:
        return f"{self.target}@{self.asker}/{self.audience}/{self.way}"

    def key(self, service: str) -> str:
        """The routing key of what `service` tells."""
        return ".".join((FIRST, f"{self.target}@{self.asker}", service, self.audience, *areas.path(self.way)))


def is_target(name: str) -> bool:
    """Whether something can be directed to a service of this name, or to all by EVERY."""
    return name.isascii() and name.isalpha() and len(name) <= LONGEST


def patterns(area: str, service: str) -> list[str]:
    """What the queue of a node's service is bound with, to get what is directed to it."""
    return [f"{FIRST}.{target}@{area}.#" for target in (service, EVERY)]


def nouns(bindings: Iterable[str]) -> list[str]:
    """The `<service>.<noun>` whose state a queue with these routing patterns keeps."""
    words = (pattern.split(".") for pattern in bindings)
    return sorted({f"{w[0]}.{w[1]}" for w in words if len(w) == 3 and w[2] == "#" and w[0] != FIRST})
