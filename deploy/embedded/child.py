"""A server that runs as our child: started until it is ready, watched, ended with all that it started."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path

_OPEN_FILES = 65_536
_POLL = 0.1  # seconds


class StartFailed(Exception):
    """A server did not come up; the text says why and where its log lies."""


class Child(ABC):
    """One server process, in a process group of its own, without standard input, its output in a log."""

    name: str

    def __init__(
        self,
        home: Path,
        stopping: threading.Event | None = None,
        spawned: Callable[[], None] = lambda: None,
    ) -> None:
        """`home` is the server's own folder. `stopping`, once set, cuts a start short.

        `spawned` is called when the process is there, long before it is ready.
        """
        self.home = home.resolve()
        self.log = self.home / f"{self.name}.log"
        self._stopping = stopping or threading.Event()
        self._spawned = spawned
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """Program and arguments. Raises StartFailed when the program is not installed."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether it serves; takes a second at most."""

    def environment(self) -> Mapping[str, str]:
        return os.environ

    def prepare(self) -> None:
        """Writes what the server needs before it starts."""
        self.home.mkdir(parents=True, exist_ok=True)

    def ails(self) -> str:
        """What it must be started again for, though it runs; empty for nothing. Asked several times a second."""
        return ""

    def tend(self) -> None:  # noqa: B027 - most need nothing
        """Does what it needs now and then while it runs. Called several times a second; raises nothing."""

    @property
    def pid(self) -> int | None:
        """Of the running server, else None."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def alive(self) -> bool:
        return self.pid is not None

    def start(self, timeout: float = 60) -> None:
        """Starts it, unless it is alive, and waits until it is ready: `timeout` seconds at most.

        Raises StartFailed, and then nothing of it is left running.
        """
        with self._lock:
            if not self.alive():
                self._end(grace=0)
                self.prepare()
                self._spawn()
                self._spawned()
            try:
                self.wait_ready(timeout)
            except BaseException:
                self._end(grace=5)
                raise

    def wait_ready(self, timeout: float = 60) -> None:
        """Returns when the server serves. Raises StartFailed after `timeout` seconds or when it ended."""
        deadline = time.monotonic() + timeout
        while not self.ready():
            if not self.alive():
                raise StartFailed(f"{self.name} ended while it started:\n{self._tail()}\n(log: {self.log})")
            if time.monotonic() > deadline:
                raise StartFailed(
                    f"{self.name} was not ready after {timeout:.0f} s:\n{self._tail()}\n(log: {self.log})"
                )
            if self._stopping.wait(_POLL):
                raise StartFailed(f"{self.name} was told to stop while it started")

    def stop(self, timeout: float = 30) -> None:
        """Asks it to end, and kills it after `timeout` seconds. Its data stays."""
        with self._lock:
            self._end(timeout)

    def kill(self) -> None:
        """SIGKILL, as a crash would be; the supervisor's business is to notice."""
        process = self._process
        if process is not None:
            process.kill()

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_with_many_files(), *self.command()],
                cwd=self.home,
                env=dict(self.environment()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _end(self, grace: float) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None and grace:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(grace)
        # Helpers of a server that was killed may still be there: they are in its group.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return ""


def _with_many_files() -> list[str]:
    """A prefix that sets the limit of open files, then becomes the server itself.

    A login shell's 1,024 are few for a broker with hundreds of connections; a container's billion makes
    Erlang's helper close as many at each start.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    return ["/bin/sh", "-c", f'ulimit -S -n {limit}; exec "$@"', "sh"]
