"""Waiting for a child process. By looks, as the library's own wait with a timeout may hang under eventlet."""

from __future__ import annotations

import subprocess
import time

PAUSE = 0.05  # seconds between two looks


def code_of(child: subprocess.Popen[bytes], within: float) -> int | None:
    """The exit code of a child; None for one that takes longer than so many seconds. None is left running."""
    end = time.monotonic() + within
    try:
        while child.poll() is None and time.monotonic() < end:
            time.sleep(PAUSE)
        return child.returncode
    finally:
        if child.returncode is None:
            child.kill()
            child.wait()
