"""Runs a node: imports once, forks one process for each hosted service, and starts again what falls.

    python -m deploy.launcher .run/nodes/230102/node.yaml [--service NAME ...] [--logs FOLDER]

Each service is a process of its own, so they fall one by one; importing before the fork saves some 60 MB and
a second and a half of CPU for each. SIGTERM drains all of them. A service that keeps falling is started again
ever more slowly, never given up; unless it says that the node must not run as it is: then all end, with 2.
"""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()  # before anything else is imported: locks and sockets made earlier would stay unpatched

# ruff: noqa: E402
import argparse
import contextlib
import ctypes
import gc
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from shared import process
from shared.node import GATEWAY, Node, load
from shared.service import Service

# The parent must not enter eventlet's hub: its children would inherit the hub's epoll descriptor.
_time = eventlet.patcher.original("time")
_os = eventlet.patcher.original("os")

DRAIN = 30.0  # seconds between SIGTERM and SIGKILL
STEADY = 30.0  # seconds after which a service counts as having started well
BACKOFF = (0.2, 1.0, 2.0, 5.0, 10.0)  # seconds
_PR_SET_PDEATHSIG = 1


def service_class(name: str) -> type[Service]:
    """The Nameko class of a service, found by name: `services.<name>.service`."""
    found = importlib.import_module(f"services.{name}.service").SERVICE
    assert issubclass(found, Service)
    return found


def hosted(node: Node) -> dict[str, type[Service]]:
    return {name: service_class(name) for name in (GATEWAY, *node.services)}


def bindings(classes: Mapping[str, type[Service]]) -> dict[str, list[str]]:
    return {name: cls.handlers.patterns() for name, cls in classes.items()}


class Child:
    """One service's process and its history of falls."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pid: int | None = None
        self.started = 0.0
        self.due = 0.0
        self.falls = 0

    def fell(self, now: float) -> None:
        self.falls = 0 if now - self.started > STEADY else self.falls + 1
        self.due = now + BACKOFF[min(self.falls, len(BACKOFF)) - 1 if self.falls else 0]
        self.pid = None


class Launcher:
    """The parent process. It holds no connection and runs no hub."""

    def __init__(self, node: Node, names: Sequence[str], logs: Path | None) -> None:
        self.node = node
        self.logs = logs
        self.classes = hosted(node)
        self.children = [Child(name) for name in (names or self.classes)]
        self.stopping = False
        self.unfit = False  # one service says that the node must not run as it is

    def run(self) -> int:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        # What is imported is there for good. Left to the collector, each service would write into all of it at
        # every full collection, and so soon have a copy of its own of every page that they share.
        gc.collect()
        gc.freeze()
        while not self.stopping:
            now = _time.monotonic()
            for child in self.children:
                if child.pid is None and now >= child.due and not self.stopping:
                    self._start(child)
            self._reap()
            _time.sleep(0.05)
        return self._drain()

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _start(self, child: Child) -> None:
        parent = os.getpid()
        pid = _os.fork()
        if pid == 0:
            os._exit(self._be(child.name, parent))
        child.pid, child.started = pid, _time.monotonic()
        if self.logs:
            # In one step: who looks for the process to end it finds the one before or this one, never an empty file.
            new = self.logs / f"{child.name}.pid.new"
            new.write_text(str(pid))
            new.replace(self.logs / f"{child.name}.pid")

    def _be(self, name: str, parent: int) -> int:
        """What the forked process does. It ends with its parent, even one that was killed."""
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # the terminal's ^C reaches the whole group; the parent drains
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                return 0
        if self.logs:
            handle = os.open(self.logs / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
            os.dup2(handle, 1)
            os.dup2(handle, 2)
        eventlet.hubs.use_hub()
        try:
            return process.serve(self.node, self.classes[name], bindings(self.classes))
        except BaseException as error:  # nothing above this frame is the child's own
            sys.stderr.write(f"{name} of {self.node.area} fell: {type(error).__name__}: {error}\n")
            return 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()

    def _reap(self) -> None:
        for child in self.children:
            if child.pid is not None:
                with contextlib.suppress(ChildProcessError):
                    pid, status = _os.waitpid(child.pid, os.WNOHANG)
                    if pid:
                        self._note_end(child, os.waitstatus_to_exitcode(status))

    def _note_end(self, child: Child, code: int) -> None:
        child.fell(_time.monotonic())
        if code == process.UNFIT:
            self.unfit = self.stopping = True

    def _drain(self) -> int:
        self._signal(signal.SIGTERM)
        end = _time.monotonic() + DRAIN
        while any(c.pid for c in self.children) and _time.monotonic() < end:
            self._reap()
            _time.sleep(0.05)
        overdue = [c.name for c in self.children if c.pid]
        self._signal(signal.SIGKILL)
        return process.UNFIT if self.unfit else 1 if overdue else 0

    def _signal(self, number: int) -> None:
        for child in self.children:
            if child.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.pid, number)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the services of a node.")
    parser.add_argument("node", type=Path, help="the node's description (YAML)")
    parser.add_argument("--service", action="append", default=[], help="only this one; may be repeated")
    parser.add_argument(
        "--logs", type=Path, help="folder for one log file per service; default: standard output"
    )
    given = parser.parse_args()
    if given.logs:
        given.logs.mkdir(parents=True, exist_ok=True)
    return Launcher(load(given.node), given.service, given.logs).run()


if __name__ == "__main__":
    sys.exit(main())
