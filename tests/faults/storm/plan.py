"""The plan of faults: a pure function of a seed, how many of each kind, and how long the storm lasts."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import NamedTuple

from tests.faults.storm.world import DISTRICT, HOSTED, PARENTS

KINDS: Mapping[str, str] = {
    "service kill": "kill -9 of a service",
    "service stop": "SIGTERM to a service alone, as when one is exchanged",
    "service freeze": "SIGSTOP of a service",
    "server freeze": "SIGSTOP of the broker or the store",
    "broker kill": "kill -9 of the broker",
    "store kill": "kill -9 of the store",
    "cut": "the link of a tier to the one above",
    "memory alarm": "the broker is told that it has no memory left",
    "disk full": "the broker's file system has no byte left",
    "clock jump": "a node's clock is wrong",
}
# Seconds, least and most. What has none is over at once.
LASTS: Mapping[str, tuple[float, float]] = {
    "service freeze": (1.0, 30.0),
    "server freeze": (1.0, 30.0),
    "cut": (5.0, 60.0),
    "memory alarm": (5.0, 20.0),
    "disk full": (5.0, 20.0),
    "clock jump": (5.0, 30.0),
}
JUMPS = (-7200.0, -600.0, -20.0, 20.0, 600.0, 7200.0)  # seconds
# A minute of the short form. The freeze of a server counts most: everything waits.
PER_MINUTE: Mapping[str, float] = {
    "service kill": 14,
    "service stop": 3,
    "service freeze": 2,
    "server freeze": 0.5,
    "broker kill": 1,
    "store kill": 1,
    "cut": 2,
    "memory alarm": 0.5,
    "disk full": 0.34,
    "clock jump": 1,
}
LONG: Mapping[str, int] = {
    "service kill": 1000,
    "service stop": 100,
    "service freeze": 60,
    "server freeze": 12,
    "broker kill": 100,
    "store kill": 100,
    "cut": 100,
    "memory alarm": 10,
    "disk full": 6,
    "clock jump": 40,
}
LONG_MINUTES, LONG_EVENTS = 55.0, 100_000


class Fault(NamedTuple):
    """One thing that is broken: `at` seconds after the beginning, for `seconds`. `target` is a service of a node
    (`<area>/<service>`), a node, or a server; `by` is how far a clock jumps, in seconds."""

    at: float
    kind: str
    target: str
    seconds: float = 0.0
    by: float = 0.0

    def __str__(self) -> str:
        lasts = f" for {self.seconds:.0f} s" if self.seconds else ""
        jump = f" by {self.by:+.0f} s" if self.by else ""
        return f"{self.at:7.1f} s  {self.kind} {self.target}{jump}{lasts}"


def totals(minutes: float) -> dict[str, int]:
    """How many of each in the short form: at least one."""
    return {kind: max(1, round(often * minutes)) for kind, often in PER_MINUTE.items()}


def plan(seed: int, counts: Mapping[str, int], minutes: float) -> list[Fault]:
    """All faults in the order in which they begin. Each kind is spread evenly, each fault somewhere in its share."""
    faults: list[Fault] = []
    for kind in KINDS:
        chance = random.Random(f"{seed} {kind}")
        share = minutes * 60 / max(counts.get(kind, 0), 1)
        for number in range(counts.get(kind, 0)):
            at = (number + chance.random()) * share
            lasts = chance.uniform(*LASTS[kind]) if kind in LASTS else 0.0
            by = chance.choice(JUMPS) if kind == "clock jump" else 0.0
            faults.append(Fault(round(at, 2), kind, _target(kind, chance), round(lasts, 1), by))
    return sorted(faults)


def _target(kind: str, chance: random.Random) -> str:
    if kind.startswith("service"):
        area = chance.choice([DISTRICT, DISTRICT, *PARENTS])  # it has more services than both others together
        return f"{area}/{chance.choice(['gateway', *HOSTED[area]])}"
    if kind == "cut":
        return chance.choice(list(PARENTS))
    if kind == "clock jump":
        return chance.choice(list(HOSTED))
    if kind == "server freeze":
        return chance.choice(["broker", "store"])
    return "store" if kind == "store kill" else "broker"
