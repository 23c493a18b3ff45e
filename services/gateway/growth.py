"""How long until a queue is full, if it goes on growing as it did in the last minutes."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

WINDOW = 600.0  # seconds; shorter, and every burst would look like the end


@dataclass
class Growth:
    """The size of one queue over time."""

    limit: float
    _seen: deque[tuple[float, float]] = field(default_factory=deque)  # seconds, bytes

    def see(self, now: float, size: float) -> None:
        self._seen.append((now, size))
        while self._seen[0][0] < now - WINDOW:
            self._seen.popleft()

    def seconds_left(self) -> float:
        """Infinite for a queue that does not grow, 0 for a full one."""
        if not self._seen:
            return math.inf
        (began, first), (now, size) = self._seen[0], self._seen[-1]
        if size >= self.limit:
            return 0.0
        grown = size - first
        return (self.limit - size) * (now - began) / grown if grown > 0 else math.inf
