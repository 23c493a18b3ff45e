"""The places in the event path at which a process of the test build dies, and which were reached.

A place is a service and a label. A process that comes to one for the first time, of all that share a folder, is
killed there with SIGKILL; a file `<service>.<label>` in the folder keeps that it was. Nothing dies before a file
`armed` is there. This module imports nothing of the product but the names of its services.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from shared.node import GATEWAY, SERVICES

VARIABLE = "HATCHERY_CRASHES"
HURRIED = "HATCHERY_HURRIED"  # services are started again without pauses, and leases are short
ARMED = "armed"

COMMANDS = ("command-before-commit", "command-after-commit")
EFFECTS = ("effect-before-commit", "effect-after-commit")
ANSWERS = ("request-noted", "answer-before-kept", "answer-kept")  # of the record of an Idempotency-Key
RELAY = (
    "relay-lease-taken",
    "relay-before-publish",
    "relay-published-unconfirmed",
    "relay-confirmed-unmarked",
    "relay-half-marked",  # what was sent is kept; now it leaves the outboxes
    "relay-marked",
)
AT_STOP = (
    "relay-lease-before-release",
    "relay-lease-released",
)  # only a process that is told to stop comes there
CONSUMER = (
    "consumer-received",
    "consumer-before-read-models",
    "consumer-after-read-models",
    "consumer-before-ack",
    "consumer-after-ack",
)
LINK = ("link-received",)  # a message that a shovel has handed over, whatever else came with it
LETTERS = ("consumer-letter-confirmed",)
SEALER = ("sealer-before-chain", "sealer-chained", "sealer-cleared")
EVERYWHERE = (*COMMANDS, *ANSWERS, *RELAY, *AT_STOP, *CONSUMER, *LINK, *LETTERS, *SEALER)
LABELS = (*COMMANDS, *EFFECTS, *EVERYWHERE[len(COMMANDS) :])

# The others keep read models and copies only.
WITH_EFFECTS = (GATEWAY, "registry", "needs", "funding", "notifications")


def wanted(services: Iterable[str] = SERVICES) -> set[str]:
    """`<service>.<label>` of each place of a gateway and of these services."""
    names = {GATEWAY, *services}
    found = {f"{service}.{label}" for service in names for label in EVERYWHERE}
    return found | {f"{service}.{label}" for service in names.intersection(WITH_EFFECTS) for label in EFFECTS}


def missing(reached: Collection[str], services: Iterable[str] = SERVICES) -> list[str]:
    return sorted(wanted(services) - set(reached))


def table(reached: Collection[str], services: Sequence[str] = SERVICES) -> str:
    """A line for each label, a column for each service: `x` where it died, `-` where it has no such place."""
    names, places = (GATEWAY, *services), wanted(services)
    lines = [f"{'':30}" + "".join(f"{name:>14}" for name in names)]
    for label in LABELS:
        cells = (f"{name}.{label}" for name in names)
        marks = ("x" if cell in reached else "MISSED" if cell in places else "-" for cell in cells)
        lines.append(f"{label:30}" + "".join(f"{mark:>14}" for mark in marks))
    return "\n".join(lines)


class Crashes:
    """One folder of such files. Nodes whose launchers were started with its `environment` share it."""

    def __init__(self, folder: Path, hurried: bool = False) -> None:
        """`hurried` for a run whose services do little else than die; times measured in it say nothing."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.hurried = folder, hurried

    @property
    def environment(self) -> dict[str, str]:
        return {VARIABLE: str(self.folder)} | ({HURRIED: "yes"} if self.hurried else {})

    def arm(self, *places: str) -> None:
        """Let processes die at these places (`<service>.<label>`), or at all where none is given."""
        new = self.folder / "arming"
        new.write_text("\n".join(places), encoding="utf-8")
        new.rename(self.folder / ARMED)

    def disarm(self) -> None:
        (self.folder / ARMED).unlink(missing_ok=True)

    def reached(self) -> set[str]:
        return {file.name for file in self.folder.iterdir() if file.name not in (ARMED, "arming")}

    def forget(self, *places: str) -> None:
        """Let processes die again where they died before: at these places, or at all."""
        for place in places or self.reached():
            (self.folder / place).unlink(missing_ok=True)


def dies_at(place: str) -> bool:
    """Whether the calling process is to die at this place now: it is armed, and nobody has died there before."""
    if VARIABLE not in os.environ:
        return False
    folder = Path(os.environ[VARIABLE])
    try:
        armed = (folder / ARMED).read_text(encoding="utf-8").split()
        if armed and place not in armed:
            return False
        os.close(os.open(folder / place, os.O_CREAT | os.O_EXCL))
    except (FileNotFoundError, FileExistsError):
        return False
    return True
