"""Does what the plan says to the world, each fault in its time, and puts everything right at the end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence

from tests.faults import alarms
from tests.faults.storm.plan import Fault
from tests.faults.storm.world import World

PROGRESS = 30.0  # seconds at most that a fault waits until clients have been answered since the one before
FOUND = 20.0  # seconds for which a process is waited for that is just being started again


class Nemesis(threading.Thread):
    """`began` seconds of the plan are over; the faults in `done` (by their number) are left out. `answered` says how
    many commands clients have been answered: where everything is down for long, the plan stands still."""

    def __init__(
        self,
        world: World,
        plan: Sequence[Fault],
        done: Collection[int],
        began: float,
        answered: Callable[[], int],
    ) -> None:
        super().__init__(name="nemesis", daemon=True)
        self.world, self.plan, self.answered = world, plan, answered
        self.done = set(done)
        self.counts: Counter[str] = Counter()  # of what was done by this process
        self.log: list[str] = []
        self._began, self._start = began, time.monotonic()
        self._seen = -1
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._under_way: list[threading.Thread] = []
        self._one_at_a_time: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    @property
    def elapsed(self) -> float:
        """Seconds of the plan that are over."""
        return self._began + time.monotonic() - self._start

    def run(self) -> None:
        for number, fault in enumerate(self.plan):
            if number in self.done:
                continue
            if self._stopping.wait(max(0.0, fault.at - self.elapsed)) or self._held():
                return
            thread = threading.Thread(target=self._guarded, args=(number, fault), daemon=True)
            thread.start()
            self._under_way = [one for one in self._under_way if one.is_alive()] + [thread]

    def _held(self) -> bool:
        """Wait for clients to get on; whether the storm is to stop."""
        since = time.monotonic()
        while self.answered() == self._seen and time.monotonic() - since < PROGRESS:
            if self._stopping.wait(0.1):
                return True
        self._seen = self.answered()
        self._start += time.monotonic() - since
        return False

    def stop(self) -> None:
        """No further fault; those under way are ended at once. Afterwards everything works."""
        self._stopping.set()
        self.join()
        for thread in self._under_way:
            thread.join()

    def finish(self) -> None:
        """Wait for the last fault of the plan to be over."""
        self.join()
        for thread in self._under_way:
            thread.join()

    def _guarded(self, number: int, fault: Fault) -> None:
        try:
            if fault.seconds:  # two of the same would end together
                with self._one_at_a_time[f"{fault.kind} {fault.target}"]:
                    said = self._do(fault)
            else:
                said = self._do(fault)
        except (OSError, subprocess.SubprocessError) as error:
            said = f"{type(error).__name__}: {error}"
        with self._lock:
            self.done.add(number)
            self.log.append(f"{fault}{': ' + said if said else ''}")
            if not said:
                self.counts[fault.kind] += 1

    def _do(self, fault: Fault) -> str:
        """What kept it from being done; an empty text where nothing did."""
        match fault.kind:
            case "service kill":
                return self._signal(fault.target, signal.SIGKILL)
            case "service stop":
                return self._signal(fault.target, signal.SIGTERM)
            case "broker kill" | "store kill":
                return self._signal(fault.target, signal.SIGKILL)
            case "service freeze" | "server freeze":
                return self._freeze(fault)
            case "cut":
                cable = self.world.cables[fault.target]
                return self._for(fault.seconds, cable.cut, cable.mend)
            case "memory alarm":
                return self._alarm(fault, "memory")
            case "disk full":
                return self._fill(fault)
            case "clock jump":
                file = self.world.clocks / fault.target
                if fault.by < 0:
                    self.world.set_back.append((time.time(), fault.by))
                return self._for(fault.seconds, lambda: file.write_text(str(fault.by)), file.unlink)
        raise ValueError(fault.kind)

    def _for(self, seconds: float, begin: Callable[[], object], end: Callable[[], object]) -> str:
        try:
            begin()
            self._stopping.wait(seconds)
        finally:
            end()
        return ""

    def _pid(self, target: str) -> int | None:
        if target == "broker":
            return self.world.embedded.broker.pid
        if target == "store":
            return self.world.embedded.store.pid
        area, _, service = target.partition("/")
        return self.world.pid(area, service)

    def _found(self, target: str) -> int | None:
        end = time.monotonic() + FOUND
        while (pid := self._pid(target)) is None and time.monotonic() < end:
            if self._stopping.wait(0.05):
                return None
        return pid

    def _signal(self, target: str, number: int) -> str:
        pid = self._found(target)
        if pid is None:
            return "was not there"
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return "had just ended"
        return ""

    def _freeze(self, fault: Fault) -> str:
        pid = self._found(fault.target)
        if pid is None:
            return "was not there"

        def thaw() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

        return self._for(fault.seconds, lambda: os.kill(pid, signal.SIGSTOP), thaw)

    def _alarm(self, fault: Fault, resource: str) -> str:
        """The broker has to answer in order to be told; what it was told it forgets when it is killed."""
        end, told = time.monotonic() + FOUND, False
        while True:
            try:
                with alarms.alarm(self.world.embedded, resource):
                    told = True
                    self._stopping.wait(fault.seconds)
                return ""
            except subprocess.SubprocessError:
                if told:
                    return ""
                if time.monotonic() > end or self._stopping.is_set():
                    return "the broker could not be told"
                self._stopping.wait(1.0)

    def _fill(self, fault: Fault) -> str:
        """The disk alarm alone where the broker has no file system of its own."""
        disk = self.world.disk
        if not disk.mounted:
            return self._alarm(fault, "disk")
        return self._for(fault.seconds, disk.fill, disk.empty)
