"""Faults of a node's description: the field, what is wrong with it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["fault", "warning"]


@dataclass(frozen=True)
class Finding:
    """A fault keeps the node from working; a warning is something that is rarely meant."""

    field: str
    wrong: str
    remedy: str
    level: Level = "fault"

    def __str__(self) -> str:
        mark = "!" if self.level == "fault" else "?"
        return f"{mark} {self.field}: {self.wrong}: {self.remedy}"


def warning(field: str, wrong: str, remedy: str) -> Finding:
    return Finding(field, wrong, remedy, "warning")
