"""One storm from its beginning to the verdict, or a piece of it: it can be stopped and gone on with."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults import checker, crash_points
from tests.faults.crashing import labels
from tests.faults.storm import history, plan, subscriber
from tests.faults.storm.nemesis import Nemesis
from tests.faults.storm.quiet import Looking
from tests.faults.storm.replays import Replays
from tests.faults.storm.subscriber import Subscriber
from tests.faults.storm.upkeep import Upkeep
from tests.faults.storm.workload import Figures, Stories, clients
from tests.faults.storm.world import DISTRICT, HOSTED, Disk, World

EVERY = 15.0  # seconds between two lines of progress
STILL = 8.0  # seconds for which nothing may be on its way before all is quiet; the broker counts every five
FINISH = 600.0  # seconds that clients have, once all works, to bring what is under way to its end
LONGER = 600.0  # seconds that the storm goes on after the last fault until processes have died at all places
QUIET = 300.0  # seconds from then until all is quiet
QUIET_LONG = 1800.0  # what failed again and again comes back after ten minutes

Say = Callable[[str], None]


@dataclass
class State:
    """What a storm is, and how far it has come; kept in a file."""

    seed: int
    minutes: float
    counts: dict[str, int]  # planned faults of each kind
    events: int  # that the storm goes on for, beyond the plan of faults
    pace: float
    rows: int  # of each import
    breadth: bool = True  # whether scenarios are replayed, and so all places to die at can be reached
    elapsed: float = 0.0  # seconds of the plan that are over
    done: list[int] = field(default_factory=list)  # faults, by their numbers in the plan
    happened: dict[str, int] = field(default_factory=dict)  # faults that could be done, of each kind
    replays: int = 0  # the number of the next one
    spoiled: int = 0
    filled_at: float | None = None  # when the broker's disk was full last; seconds since 1970
    sent_again_at: float | None = None  # when events were sent again first, since that had happened
    set_back: list[tuple[float, float]] = field(default_factory=list)  # clocks; as the world keeps them
    replaced: int = 0  # queues that were made anew since the broker could read them no more
    pieces: int = 0  # times that it was begun or gone on with
    seconds: float = 0.0  # of all pieces until the healing
    repeated: int = 0
    why: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)  # what clients could not make the platform do


@dataclass
class Result:
    """How it ended."""

    state: State
    verdict: checker.Verdict
    places: list[str]  # that nobody died at
    reached: int
    again: int  # events that onlookers were given more than once
    spoiled: int  # dead letters that nobody can read
    clients_done: float  # seconds from the healing
    outboxes_empty: float | None  # seconds from the healing; None: never
    quiet: float | None
    left: dict[str, int]  # what was still on its way
    disk: bool  # whether the broker had a file system of its own

    @property
    def good(self) -> bool:
        return self.verdict.right and not self.places and self.quiet is not None and not self.state.faults


class Storm:
    """In the folder `home`. `stopping`, once set, ends the piece at the next moment."""

    def __init__(self, home: Path, state: State, stopping: threading.Event, say: Say) -> None:
        self.home, self.state, self.stopping, self.say = home, state, stopping, say
        self.world = World(home)
        self.world.disk.filled_at, self.world.sent_again_at = state.filled_at, state.sent_again_at
        self.world.set_back = state.set_back
        self.figures = Figures(repeated=state.repeated, why=Counter(state.why))
        self.accepted_before = sum(one.accepted for one in history.read(home / "history").values())

    def run(self) -> Result | None:
        """None where it was stopped before its end."""
        self.world.prepare()
        try:
            onlookers = self._onlookers()
            self.world.start()
            self.upkeep = Upkeep(self.world, self.done_looking)
            self.replaced_before = self.state.replaced
            for one in (*onlookers, self.upkeep):
                one.start()
            try:
                return self._weather()
            finally:
                self._keep()
                self.done_looking.set()
                for one in (*onlookers, self.upkeep):
                    one.join()
        finally:
            self.world.stop()

    def _onlookers(self) -> list[Subscriber]:
        self.done_looking = threading.Event()
        return [Subscriber(self.world, area, self.done_looking) for area in HOSTED]

    def _weather(self) -> Result | None:
        self.state.pieces += 1
        if self.state.breadth and not self.state.replays:
            self._measure()
        self._keep()
        if not self.stopping.is_set():
            self._blow()
        if self.stopping.is_set():
            return None
        return self._heal()

    def _measure(self) -> None:
        """The first replay, which nothing disturbs."""
        calm = Replays(self.world, self.figures, self.stopping, 0)
        calm.replay(0)
        self.state.faults += calm.faults
        with Looking(self.world) as looking:
            self._until_quiet(looking, QUIET)
        if not self.stopping.is_set():
            self.state.replays = 1
            self.say(
                f"calm: {self.figures.accepted} commands of a scenario, which the others are measured by"
            )

    def _blow(self) -> None:
        """Clients and nemesis, until the plan is over and there are as many events as there ought to be."""
        faults = plan.plan(self.state.seed, self.state.counts, self.state.minutes)
        if self.state.breadth:
            self.world.crashes.arm()
        if not self.state.spoiled:  # so that letters are written, at which services are to die: armed by now
            self.state.spoiled = crash_points.spoil(self.world.embedded)
        self.users: list[Stories] = clients(
            self.world, self.state.seed, self.state.pace, self.state.rows, self.figures, self.stopping
        )
        self.replays = Replays(self.world, self.figures, self.stopping, self.state.replays)
        threads = [*self.users, *([self.replays] if self.state.breadth else [])]
        self.nemesis = Nemesis(
            self.world, faults, self.state.done, self.state.elapsed, lambda: self.figures.accepted
        )
        self.happened = Counter(self.state.happened)
        self.began, self.before = time.monotonic(), self.state.seconds
        for thread in (*threads, self.nemesis):
            thread.start()
        with Looking(self.world) as looking:
            told = time.monotonic()
            while not self.stopping.wait(1.0):
                if time.monotonic() - told >= EVERY:
                    told = time.monotonic()
                    self._note()
                    self._tell(looking.events(), len(faults))
                if not self.nemesis.is_alive() and self._enough(looking):
                    break
        for thread in self.users:
            thread.finish.set()
        self.replays.finish.set()
        (self.nemesis.stop if self.stopping.is_set() else self.nemesis.finish)()
        self.world.crashes.disarm()
        self.healed = time.monotonic()
        for thread in threads:
            thread.join(max(0.0, self.healed + FINISH - time.monotonic()))
            if thread.is_alive():
                self.stopping.set()
                self.state.faults.append(f"{thread.name} came to no end within {FINISH:.0f} s")
        self._note()
        self.state.faults += [fault for one in self.users for fault in one.faults] + self.replays.faults
        self.clients_done = time.monotonic() - self.healed

    def _enough(self, looking: Looking) -> bool:
        """Whether there are as many events as there ought to be, and processes have died at all places."""
        return (not self.state.events or (looking.events() or 0) >= self.state.events) and self._reached()

    def _reached(self) -> bool:
        """Whether processes have died at all places, as far as that is worth waiting for: the last ones are those that
        only a process which is told to stop comes to."""
        if not self.state.breadth or self.nemesis.elapsed > self.state.minutes * 60 + LONGER:
            return True
        if crash_points.coming(self.world.crashes):
            return False
        with contextlib.suppress(AssertionError):  # what takes long to come back is told to stop next time
            crash_points.stop_services(self.world.nodes[DISTRICT], self.world.crashes)
        return not labels.missing(self.world.crashes.reached())

    def _note(self) -> None:
        state, nemesis = self.state, self.nemesis
        state.elapsed, state.done = nemesis.elapsed, sorted(nemesis.done)
        state.happened = dict(self.happened + nemesis.counts)
        state.replays = self.replays.number
        state.seconds = self.before + time.monotonic() - self.began
        state.repeated, state.why = self.figures.repeated, dict(self.figures.why)
        self._keep()

    def _keep(self) -> None:
        self.state.filled_at, self.state.sent_again_at = self.world.disk.filled_at, self.world.sent_again_at
        self.state.replaced = self.replaced_before + self.upkeep.replaced
        write(self.home, self.state)

    def _tell(self, events: int | None, planned: int) -> None:
        reached = len(self.world.crashes.reached())
        self.say(
            f"{self.state.elapsed:6.0f} s  commands {self.accepted_before + self.figures.accepted}, "
            f"repeated {self.figures.repeated}, refused {self.figures.refused}, "
            f"events {'?' if events is None else events}, "
            f"faults {len(self.state.done)}/{planned}, places {reached}, replays {self.state.replays}"
        )

    def _heal(self) -> Result:
        with Looking(self.world) as looking:
            empty, quiet, left = self._until_quiet(
                looking, QUIET if self.state.minutes < 20 else QUIET_LONG, self.healed
            )
            letters = looking.letters()
        self.done_looking.set()
        verdict, again = self._judge()
        for why, count in letters.items():
            if why != "undecodable":
                for _ in range(count):
                    verdict.note("dead", why)
        missing = labels.missing(self.world.crashes.reached()) if self.state.breadth else []
        return Result(
            self.state, verdict, missing, len(self.world.crashes.reached()), again,
            letters["undecodable"], self.clients_done, empty, quiet, left, self.world.disk.mounted,
        )  # fmt: skip

    def _until_quiet(
        self, looking: Looking, within: float, since: float | None = None
    ) -> tuple[float | None, float | None, dict[str, int]]:
        """Seconds until the outboxes were empty for good, and until nothing was on its way any more; what is."""
        since = since or time.monotonic()
        end = time.monotonic() + within
        empty: float | None = None
        still: float | None = None
        left: dict[str, int] = {}
        while time.monotonic() < end and not self.stopping.is_set():
            unsent, unsealed, queued = looking.unsent(), looking.unsealed(), looking.queued()
            now = time.monotonic()
            empty = None if unsent != 0 else empty or now
            left = {"unsent": unsent or 0, "unsealed": unsealed or 0} | (queued or {})
            if unsent == 0 and unsealed == 0 and queued == {}:
                still = still or now
                if now - still >= STILL:
                    return empty and empty - since, still - since, {}
            else:
                still = None
            time.sleep(0.5)
        return empty and empty - since, None, {name: count for name, count in left.items() if count}

    def _judge(self) -> tuple[checker.Verdict, int]:
        store = self.world.embedded.addresses.store_uri
        outcomes = list(history.read(self.home / "history").values())
        verdict = checker.check(store, HOSTED)
        events = checker.sent(store, HOSTED)
        verdict.events = len(events)
        checker.check_commands(verdict, outcomes, events)
        checker.check_money(verdict, outcomes, store, DISTRICT)
        again = sum(
            checker.check_onlooker(
                verdict, area, subscriber.seen(self.home, area), events, self.state.sent_again_at
            )
            for area in HOSTED
        )
        return verdict, again


def write(home: Path, state: State) -> None:
    new = home / "state.json.new"
    new.write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")
    new.replace(home / "state.json")


def read(home: Path) -> State | None:
    """The storm that was begun in the folder, if any."""
    try:
        told: dict[str, Any] = json.loads((home / "state.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return State(**told)


def clear(home: Path) -> None:
    """Forget what was there before. What still runs there is ended first."""
    if not home.exists():
        return
    World(home)._end_leftovers()
    Disk(home / "disk.img", home / "broker" / "data").unmount()
    shutil.rmtree(home)


def out(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
