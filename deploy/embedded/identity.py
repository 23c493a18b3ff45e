"""Which process is meant: its id together with its start, since ids are used again."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path


def identify(pid: int) -> dict[str, int]:
    """The process as it can be written down: id, and start in clock ticks since boot (0 where unknown)."""
    return {"pid": pid, "started": _started(pid)}


def is_running(process: Mapping[str, int]) -> bool:
    """Whether that very process still runs; a zombie does not."""
    pid = process["pid"]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    started = _started(pid)
    return started == process["started"] and _state(pid) != "Z"


def end(process: Mapping[str, int], timeout: float) -> None:
    """SIGTERM, then after `timeout` seconds SIGKILL to its group; nothing when it is gone."""
    if not is_running(process):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(process["pid"], signal.SIGTERM)
    if not wait_gone(process, timeout):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process["pid"], signal.SIGKILL)
        wait_gone(process, 5)


def wait_gone(process: Mapping[str, int], timeout: float) -> bool:
    """Waits up to `timeout` seconds; says whether the process is gone."""
    deadline = time.monotonic() + timeout
    while is_running(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _stat(pid: int) -> list[str]:
    """/proc's fields from the third on (the second may hold blanks); empty without /proc."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _started(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[19]) if fields else 0


def _state(pid: int) -> str:
    fields = _stat(pid)
    return fields[0] if fields else "?"
