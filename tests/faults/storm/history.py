"""What the clients asked for and were told: append-only files, one for each client.

A command has a line before it is sent for the first time, and one once it is answered.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


def trace_of(key: str) -> str:
    """The trace that the client begins with a request, 32 hex digits: what the request leads to carries it as its
    correlation, through all effects at all nodes."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def traceparent(key: str) -> str:
    return f"00-{trace_of(key)}-{trace_of(key)[:16]}-01"


@dataclass(frozen=True)
class Command:
    """A request. `told` is what it leads to by itself, event types with their numbers; None where that is more than
    the client can know."""

    key: str
    client: str
    node: str
    path: str
    told: dict[str, int] | None = None
    expect: dict[str, Any] = field(default_factory=dict)  # what the checker looks for in the stores

    @property
    def story(self) -> str:
        """Commands of one story act on one record: what they lead to is counted together, since an effect may come
        late and then act for several of them."""
        return self.key.rpartition("/")[0]


@dataclass
class Outcome:
    """How a command ended. `status` 0: no answer until now."""

    command: Command
    status: int = 0
    id: str | None = None
    repeats: int = 0
    problem: str = ""

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300


class History:
    """One client's file."""

    def __init__(self, folder: Path, client: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / f"{client}.jsonl").open("a", encoding="utf-8")
        self._lock = threading.Lock()  # the steps of a replay are sent by several threads

    def asked(self, command: Command) -> None:
        self._write({"asked": asdict(command)})

    def answered(self, outcome: Outcome) -> None:
        told = {k: v for k, v in asdict(outcome).items() if k != "command"}
        self._write({"answered": outcome.command.key, **told})

    def close(self) -> None:
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


def read(folder: Path, client: str = "*") -> dict[str, Outcome]:
    """All commands, or those of one client, by their keys, with what came of each."""
    found: dict[str, Outcome] = {}
    for file in sorted(folder.glob(f"{client}.jsonl")):
        for line in _lines(file):
            if "asked" in line:
                command = Command(**line["asked"])
                found.setdefault(command.key, Outcome(command))
            else:
                known = found[line["answered"]]
                for name in ("status", "id", "repeats", "problem"):
                    setattr(known, name, line[name])
    return found


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):  # the last one may have been cut off by a kill: nothing was sent then
                yield json.loads(line)
