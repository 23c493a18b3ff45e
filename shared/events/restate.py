"""The restater: tells records that this node owns again to a node that asked for them.

It works beside the relay, window by window with the broker's confirms, and keeps after each window how far it
came. Commands, the relay and the consumer go on meanwhile. After the last record it sends a receipt the same
way, so whoever has the receipt has had everything before it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError

from shared import areas, clock, runtime
from shared.events import broker, recall
from shared.events.directed import Direction
from shared.events.handlers import Handlers
from shared.events.relay import BACKOFF, WINDOW, Publisher, Unconfirmed
from shared.events.types import Subject
from shared.ids import derived_id
from shared.store import memories, restatements
from shared.store.aggregate import Aggregate
from shared.store.lease import Lease
from shared.store.restatements import Restatement

_log = logging.getLogger(__name__)

IDLE = 10.0  # seconds between looks for what another process, or one that was killed, left behind

# What a service tells of: its subjects, and the records that they are about.
Tells = Sequence[tuple[Subject, type[Aggregate]]]


class Restater(DependencyProvider):
    """The extension that answers requests for state inside a service's process."""

    def setup(self) -> None:
        self.tells: Tells = self.container.service_cls.tells
        self.handlers: Handlers = self.container.service_cls.handlers
        self.lease = Lease("restater")
        self._wake = Signal()
        self._stopping = False
        self._connection: Any = None
        self._publisher: Publisher | None = None
        self._thread: Any = None

    def start(self) -> None:
        restatements.listen(self._notify)
        memories.listen(self._notify)
        self._thread = self.container.spawn_managed_thread(self._run, identifier="restater")

    def stop(self) -> None:
        """Finish the window in hand; the rest is told after the next start."""
        self._stopping = True
        restatements.forget(self._notify)
        memories.forget(self._notify)
        self._notify()
        self._thread.wait()
        with contextlib.suppress(PyMongoError):
            self.lease.release()
        self._disconnect()

    def kill(self) -> None:
        self._stopping = True

    def _notify(self) -> None:
        if not self._wake.ready():
            self._wake.send()

    def _rest(self, seconds: float) -> None:
        if not self._stopping:
            with eventlet.Timeout(seconds, False):
                self._wake.wait()
        self._wake = Signal()

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                worked = self._round()
                failures = 0
            except (*broker.ERRORS, PyMongoError, Unconfirmed) as error:
                if failures == 0:
                    _log.warning("state cannot be told again for now", extra={"reason": type(error).__name__})
                worked, failures = False, failures + 1
                self._disconnect()
            if not worked:
                self._rest(BACKOFF[min(failures, len(BACKOFF)) - 1] if failures else IDLE)

    def _round(self) -> bool:
        """One window of the oldest request; False where there is nothing to do here."""
        job, remembered = restatements.first_open(), memories.untold(recall.BATCH)
        if not (job or remembered) or not self.lease.take():
            self._disconnect()
            return False
        if remembered:
            self._publish([recall.memory(runtime.node(), runtime.service(), remembered)])
            memories.told(remembered)
        elif job and job.kind == "state":
            self._answer(job)
        elif job:
            self._send_again(job)
        return True

    def _send_again(self, job: Restatement) -> None:
        """The next step after a restore, of this node or another; raises as `_answer` does."""
        here = runtime.node()
        if job.kind == "restore" and not job.remembered:
            if not recall.remember(job, self.handlers):
                restatements.remembered(job)
        elif found := recall.sent(job):
            envelopes = recall.again(job, here, found.envelopes)
            for start in range(0, len(envelopes), WINDOW):
                self._publish(envelopes[start : start + WINDOW])
            restatements.resent(job, found.until, len(envelopes))
        else:
            if job.kind == "restore":
                self._publish([_receipt(job, Direction.toward(job.asker, job.target, here.area))])
            restatements.answered(job)

    def _answer(self, job: Restatement) -> None:
        """Tell the next window, or, when all is told, the receipt. Raises one of broker.ERRORS, PyMongoError
        or Unconfirmed; what was not kept as told is told again."""
        here = runtime.node()
        to = Direction.toward(job.asker, job.target, here.area)
        for subject, kind in self._left(job):
            last = (job.last_area, job.last_id) if job.last_id and job.noun == subject.noun else None
            within = None if subject.audience == "public" or not _descends(job) else job.asker
            found = restatements.following(kind, here.area, within, last, WINDOW)
            self._publish([subject.restate(here, one, job.id, to) for one in found])
            if found:
                restatements.told(job, subject.noun, found[-1], len(found))
                return
        self._publish([_receipt(job, to)])
        restatements.answered(job)

    def _left(self, job: Restatement) -> Iterator[tuple[Subject, type[Aggregate]]]:
        """What is still to tell: from the noun on where it stopped."""
        wanted = [(s, kind) for s, kind in self.tells if _may_know(s, job)]
        begun = [s.noun for s, _ in wanted]
        yield from wanted[begun.index(job.noun) if job.noun in begun else 0 :]

    def _publish(self, envelopes: list[dict[str, Any]]) -> None:
        if not envelopes:
            return
        if self._publisher is None:
            name = f"{runtime.service()} restater @ {runtime.node().area}"
            self._connection = broker.connect(runtime.broker_uri(), name)
            broker.prepare(self._connection)
            self._publisher = Publisher(self._connection)
        confirmed = self._publisher.publish(envelopes)
        if len(confirmed) < len(envelopes):
            raise Unconfirmed(f"{len(envelopes) - len(confirmed)} of {len(envelopes)} were not confirmed")

    def _disconnect(self) -> None:
        connection, self._connection, self._publisher = self._connection, None, None
        if connection is not None:
            broker.abandon(connection)


def _descends(job: Restatement) -> bool:
    here = runtime.node().area
    return job.asker != here and areas.contains(here, job.asker)


def _may_know(subject: Subject, job: Restatement) -> bool:
    wanted = f"{subject.service}.{subject.noun}" in job.nouns
    return wanted and (subject.audience != "node" or job.asker == runtime.node().area)


def _receipt(job: Restatement, to: Direction) -> dict[str, Any]:
    """The envelope that ends an answer. It concerns the request, at the asker's area or, on its way up, here."""
    here, service = runtime.node(), runtime.service()
    return {
        "specversion": "1.0",
        "id": derived_id(job.id, f"receipt/{here.area}/{service}"),
        "source": here.source(service),
        "type": f"{service}.restatement.finished",
        "subject": job.id,
        "time": clock.text(clock.wall()),
        "datacontenttype": "application/json",
        "dataschema": f"urn:hatchery:{service}.restatement:1",
        "sequence": 1,
        "epoch": 1,
        "area": to.way,
        "audience": "area",
        "causationid": job.id,
        "correlationid": job.id,
        "directedto": to.text,
        "data": {"request": job.id, "sent": job.sent},
    }
