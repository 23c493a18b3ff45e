"""CPU-seconds by process, from the kernel's counters of whole process trees."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import psutil

Seconds = dict[str, float]


def read(processes: Mapping[str, int]) -> Seconds:
    """User and system seconds since the start of each named process, its living children with it.

    The kernel counts in hundredths of a second, so runs of less than a second tell little.
    """
    return {name: _tree(pid) for name, pid in processes.items()}


def _tree(pid: int) -> float:
    root = psutil.Process(pid)
    seconds = 0.0
    for one in (root, *root.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            seconds += times.user + times.system
    return seconds


def between(before: Seconds, after: Seconds) -> Seconds:
    return {name: after[name] - before[name] for name in before}
