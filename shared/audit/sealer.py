"""The sealer: moves what committed commands left in their trails into the chain, and anchors its head.

One is active per service and node (a lease in the store, as of the relay). It is not on any command's way: what it
has not sealed yet waits in the records, and `hatchery audit verify` counts it.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Collection
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import DependencyProvider
from pymongo.errors import BulkWriteError, PyMongoError

from shared import clock, runtime
from shared.audit import anchors, sealing
from shared.call import Call
from shared.errors import Problem
from shared.store import wakeup
from shared.store.aggregate import Aggregate
from shared.store.lease import Lease
from shared.telemetry import metrics

_log = logging.getLogger(__name__)

BATCH = 200  # entries at once, and records of each kind in a look
GATHER = 0.5  # seconds between a commit and the look for it: what comes meanwhile is sealed with it
IDLE = 15.0  # seconds between looks for what another process, or one that was killed, left behind
ANCHOR = 5.0  # seconds between looks whether the head has to be told: it waits for minutes
STOP = 10.0  # seconds for the last round


class Sealer(DependencyProvider):
    """The extension that runs the sealer inside a service's process."""

    def setup(self) -> None:
        self.kinds: tuple[type[Aggregate], ...] = tuple(
            kind for kind in self.container.service_cls.aggregates if kind.audited
        )
        self.lease = Lease("sealer")
        self._wake = Signal()
        self._changed: set[type[Aggregate]] = set()
        self._looked = self._anchored = float("-inf")
        self._stopping = self._failing = self._joined = False
        self._thread: Any = None

    def start(self) -> None:
        wakeup.listen(self._notify)
        self._thread = self.container.spawn_managed_thread(self._run, identifier="sealer")

    def stop(self) -> None:
        """Seal what is there, then hand the lease over."""
        self._stopping = True
        wakeup.forget(self._notify)
        self._notify(self.kinds)
        with eventlet.Timeout(STOP, False):
            self._thread.wait()
        with contextlib.suppress(PyMongoError):
            self.lease.release()

    def kill(self) -> None:
        self._stopping = True

    def _notify(self, kinds: Collection[type[Aggregate]]) -> None:
        self._changed.update(kind for kind in kinds if kind.audited)
        if self._changed and not self._wake.ready():
            self._wake.send()

    def _run(self) -> None:
        while True:
            last = self._stopping
            sealed = self._round()
            if last:
                return
            if not sealed and not self._stopping:
                with eventlet.Timeout(IDLE, False):
                    self._wake.wait()
                self._wake = Signal()
                eventlet.sleep(0 if self._stopping else GATHER)

    def _round(self) -> int:
        """One batch; the number of entries sealed."""
        try:
            sealed = self._seal() if self.lease.take() else 0
        except BulkWriteError:
            return 0  # another sealer was faster: it had been given the lease while this one stood still
        except (PyMongoError, Problem) as error:
            metrics.SEAL_FAILURES.labels(type(error).__name__).inc()
            if not self._failing:  # once per outage; the figure goes on counting
                _log.warning(
                    "the audit trail cannot be sealed for now", extra={"reason": type(error).__name__}
                )
            self._failing = True
            return 0
        self._failing = False
        return sealed

    def _seal(self) -> int:
        here = runtime.node().area
        if not self._joined:  # a restore refuses to begin while a service runs
            sealing.note_restore(here, runtime.service())
            self._joined = True
        kinds = self._worth_a_look()
        self._changed -= kinds  # before looking: what is committed meanwhile is looked for again
        sealed = sealing.seal(kinds, BATCH)
        if sealed >= BATCH:  # there may be more than one look finds
            self._changed |= kinds
        metrics.AUDIT_SEALED.inc(sealed)
        self._anchor()
        return sealed

    def _anchor(self) -> None:
        if time.monotonic() - self._anchored >= ANCHOR or self._stopping:
            self._anchored = time.monotonic()
            if anchors.due(clock.wall()):
                anchors.anchor(Call(node=runtime.node(), service=runtime.service()))

    def _worth_a_look(self) -> set[type[Aggregate]]:
        """The kinds that this process has changed; now and then all, for what others left behind."""
        if time.monotonic() - self._looked < IDLE:
            return set(self._changed)
        self._looked = time.monotonic()
        return set(self.kinds)
