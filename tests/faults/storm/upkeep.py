"""What an operator has to do by hand once the broker's disk was full, as docs/operations/backup.md tells: the broker is
started again for queues that are down, those that stay down are made anew, and what was sent since is sent again.

A disk that is full to the last byte is the one fault of the storm that RabbitMQ 3.10 does not outlive: it may lose what
it has confirmed, in queues that it can read no more, and in others too.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta

from pymongo.errors import PyMongoError

from deploy import nodes, subscribers
from deploy.broker_admin import BrokerAdmin
from deploy.places import own_place
from deploy.republish import Advance, republish
from deploy.trouble import Trouble
from shared.events import topology
from tests.deploy.support import admin_url
from tests.faults.storm import subscriber
from tests.faults.storm.world import HOSTED, PARENTS, World

EVERY = 5.0  # seconds between two looks
STARTING = 40.0  # seconds in which a broker that was just started may still show queues as down
Broken = dict[str, set[str]]  # queues, by the node's area
BEFORE = timedelta(minutes=1)  # the fault, that events are sent again from


class Upkeep(threading.Thread):
    """Looks after all nodes until it is told to stop. `replaced` counts the queues that were made anew."""

    def __init__(self, world: World, stopping: threading.Event) -> None:
        super().__init__(name="upkeep", daemon=True)
        self.world, self.stopping = world, stopping
        self.replaced = 0
        self.told: list[str] = []
        self._seen: tuple[int | None, float, Broken] = (
            None,
            0.0,
            {},
        )  # the broker's process, since when, and what
        self._found_under: int | None = None  # the broker's process that queues were first found broken in
        self._admin = BrokerAdmin(admin_url(world.embedded.addresses))

    def run(self) -> None:
        # The last filling after which that was done: not known of earlier pieces, so it is done again.
        sent_again: float | None = None
        while not self.stopping.wait(EVERY):
            try:
                now = {area: self._admin.broken_queues(area) for area in HOSTED}
                for area, queues in (broken := self._stay_broken(now)).items():
                    self._replace(area, queues)
                    sent_again = 0.0
                if broken:
                    self._end_broker()  # what links are handing over to queues made anew waits for that
                    self._found_under = None
                disk = self.world.disk
                if disk.filled_at != sent_again and not disk.full and not any(now.values()):
                    self._send_again()
                    sent_again = disk.filled_at
            except (Trouble, PyMongoError) as trouble:  # something is away: the next look does it
                self.told.append(str(trouble))

    def _stay_broken(self, now: Broken) -> Broken:
        """What was broken at every look for `STARTING` seconds, so no passing state, although the broker was started
        again for it; where it was not, it is told to end, and its supervisor starts it."""
        pid = self.world.embedded.broker.pid
        if pid != self._seen[0] or not any(now.values()):
            self._seen = (pid, time.monotonic(), now)
        _, since, before = self._seen
        broken = {area: queues & before.get(area, set()) for area, queues in now.items()}
        broken = {area: queues for area, queues in broken.items() if queues}
        self._seen = (pid, since, broken)
        if not any(now.values()):
            self._found_under = None
        if not broken or pid is None or time.monotonic() - since < STARTING:
            return {}
        if self._found_under is None:
            self._found_under = pid
            self._end_broker()
        return {} if self._found_under == pid else broken

    def _end_broker(self) -> None:
        """In order; its supervisor starts it again."""
        pid = self.world.embedded.broker.pid
        with suppress(ProcessLookupError):
            if pid is not None:
                os.kill(pid, signal.SIGTERM)

    def _replace(self, area: str, broken: set[str]) -> None:
        place, queue = own_place(self.world.home, area), topology.subscriber_queue(subscriber.NAME)
        if queue in broken:
            place.admin.delete_queue(place.address.vhost, queue)
            subscribers.add(place, area, subscriber.NAME, ("#",), subscriber.LENGTH, say=self.told.append)
        for node in (area, *(child for child, parent in PARENTS.items() if parent == area)):
            nodes.add(
                self.world.home,
                self.world.wish(node),
                dry_run=False,
                say=self.told.append,
                replace_broken=True,
            )
        self.replaced += len(broken)

    def _send_again(self) -> None:
        self.world.sent_again_at = self.world.sent_again_at or time.time()
        for area in HOSTED:
            since = datetime.fromtimestamp(self.world.wrong_since(), UTC) - BEFORE
            republish(
                self.world.home, area, since, wait=0.0, dry_run=False, say=self.told.append, shown=_unseen
            )


@contextmanager
def _unseen(_totals: dict[str, int]) -> Iterator[Advance]:
    yield lambda _service, _sent: None
