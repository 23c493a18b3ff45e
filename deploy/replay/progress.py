"""Progress of replays: bars on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

EVERY = 5.0  # seconds between two plain lines


@contextmanager
def shown(console: Console, totals: Mapping[str, int]) -> Iterator[Callable[[str, int], None]]:
    """Yields a function that tells how many more steps of a named replay are done."""
    if console.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            tasks = {name: progress.add_task(name, total=total) for name, total in totals.items()}
            yield lambda name, more: progress.advance(tasks[name], more)
        return
    lines = _Lines(console, totals)
    yield lines.advance
    lines.tell()


class _Lines:
    """Plain lines, for logs."""

    def __init__(self, console: Console, totals: Mapping[str, int]) -> None:
        self.console, self.totals = console, totals
        self.done = dict.fromkeys(totals, 0)
        self.started = self.told = time.monotonic()
        self.lock = threading.Lock()

    def advance(self, name: str, more: int) -> None:
        with self.lock:
            self.done[name] += more
            if time.monotonic() - self.told >= EVERY:
                self.tell()

    def tell(self) -> None:
        self.told = time.monotonic()
        parts = [f"{name} {self.done[name]}/{total}" for name, total in self.totals.items()]
        self.console.print(f"{self.told - self.started:5.0f} s  " + ", ".join(parts), highlight=False)
