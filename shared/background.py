"""Work in steps beside the requests of a service: long jobs that survive whatever happens to the process.

    class ImportRoutes:
        importing = Background("imports", "services.registry.commands.imports:work_on")

Of all processes of a service at a node one holds the lease and takes the steps. A step looks for the oldest job,
claims the lease where there is one, does a bounded piece of it, keeps in the store how far it came, and returns whether
it did anything. It may be cut off at any point and taken again by another process, so it must be harmless twice.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from shared.errors import Problem
from shared.store.lease import Lease

_log = logging.getLogger(__name__)

IDLE = 5.0  # seconds between looks for what another process, or one that was killed, left behind
LASTS = timedelta(seconds=6)  # a killed holder is replaced after that
PAUSE = 0.01  # seconds after each step, for requests that wait
BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds after failures in a row

Claim = Callable[[], bool]
Step = Callable[[Claim], bool]

_waiting: dict[str, Signal] = {}


def nudge(name: str) -> None:
    """Tell the workers called `name` in this process that there is something to do."""
    signal = _waiting.get(name)
    if signal is not None and not signal.ready():
        signal.send()


class Background(DependencyProvider):
    """Takes steps of the work called `name`; `step` is a `module:function` that gets the claim on the lease."""

    def __init__(self, name: str, step: str) -> None:
        self.name, self.step_name = name, step

    def setup(self) -> None:
        module, _, function = self.step_name.partition(":")
        self.step: Step = getattr(import_module(module), function)
        self.lease = Lease(self.name, LASTS)
        self._stopping = False
        self._thread: Any = None
        _waiting[self.name] = Signal()

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run, identifier=self.name)

    def stop(self) -> None:
        """Finish the step in hand; the rest is done after the next start."""
        self._stopping = True
        nudge(self.name)
        self._thread.wait()
        with contextlib.suppress(PyMongoError):
            self.lease.release()

    def kill(self) -> None:
        self._stopping = True

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                worked = self.step(self.lease.take)
                failures = 0
            except (Problem, PyMongoError) as error:  # what passes: the store is away, a record is busy
                if failures == 0:
                    _log.warning(
                        "work has to wait", extra={"work": self.name, "reason": type(error).__name__}
                    )
                worked, failures = False, failures + 1
            except Exception:  # a defect must neither end the container nor go round without a pause
                _log.exception("a step failed", extra={"work": self.name})
                worked, failures = False, failures + 1
            self._rest(PAUSE if worked else BACKOFF[min(failures, len(BACKOFF)) - 1] if failures else IDLE)

    def _rest(self, seconds: float) -> None:
        if not self._stopping:
            with eventlet.Timeout(seconds, False):
                _waiting[self.name].wait()
        _waiting[self.name] = Signal()
