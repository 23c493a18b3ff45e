"""Both servers together: started at once, kept alive, stopped without a trace but their data."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.embedded import identity
from deploy.embedded.addresses import HOST, EmbeddedAddresses, NotRunning, read_file, write_file
from deploy.embedded.broker import Broker
from deploy.embedded.child import Child, StartFailed
from deploy.embedded.store import Store
from shared.tls import CA, CERTIFICATE, KEY

log = logging.getLogger(__name__)

_POLL = 0.25  # seconds between two looks at the servers
_BACK_OFF = (1.0, 30.0)  # seconds after the first failed restart, and at most


class Embedded:
    """The broker and store of one home folder; `home`/embedded.yaml tells where they listen."""

    def __init__(
        self,
        home: Path,
        ports: Mapping[str, int] | None = None,
        host: str | None = None,
        tls: Path | None = None,
    ) -> None:
        """`ports` fixes some ({"amqp_port": 5673, "admin_port": ..., ...}); the others are found.

        `tls` is a folder with ca.pem, certificate.pem and key.pem; with it the broker may listen on `host`.
        Starts nothing. Raises StartFailed when the home is in use by another process.
        """
        self.home = home.resolve()
        if is_supervised(self.home):
            raise StartFailed(f"{home} is in use: its broker and store run already")
        end_leftovers(self.home)
        self.addresses = EmbeddedAddresses.for_home(self.home, ports, host, tls)
        _check_private(self.addresses)
        self._stopping = threading.Event()
        self._writing = threading.Lock()
        self.broker = Broker(self.home / "broker", self.addresses, self._stopping, self._write)
        self.store = Store(self.home / "store", self.addresses, self._stopping, self._write)

    def start(self, timeout: float = 90) -> None:
        """Both at once, each within `timeout` seconds. Raises StartFailed; then neither runs."""
        self._stopping.clear()
        self.home.mkdir(parents=True, exist_ok=True)
        # From now on a stop from outside finds us, and whoever comes after a crash finds our servers.
        self._write()
        with ThreadPoolExecutor(2) as pool:
            starts = [pool.submit(child.start, timeout) for child in self._children()]
        try:
            for start in starts:
                start.result()
        except BaseException:
            self.stop()
            raise
        self._write(ready=True)

    def stop(self) -> None:
        """Ends supervision and both servers; takes up to 30 s. May be called twice."""
        self._stopping.set()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda child: child.stop(), self._children()))
        if self.home.exists():
            write_file(self.home, self.addresses, {}, ready=False)

    def supervise(self) -> None:
        """Starts again whichever server died, until `request_stop` or `stop`. Blocks."""
        watchers = [threading.Thread(target=self._watch, args=(child,)) for child in self._children()]
        for watcher in watchers:
            watcher.start()
        for watcher in watchers:
            watcher.join()

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()

    def request_stop(self) -> None:
        """Makes `supervise` return and a start give up; safe in a signal handler. `stop` must follow."""
        self._stopping.set()

    def _watch(self, child: Child) -> None:
        delay = _BACK_OFF[0]
        while not self._stopping.wait(_POLL):
            alive = child.alive()
            ails = child.ails() if alive else ""
            if alive and not ails:
                child.tend()
                continue
            if ails:
                log.warning("%s is started again for %s", child.name, ails)
                child.stop()
            else:
                log.warning("%s died and is started again", child.name)
            try:
                child.start()
            except StartFailed as error:
                if not self._stopping.is_set():
                    log.error("%s (next try in %.0f s)", error, delay)
                self._stopping.wait(delay)
                delay = min(delay * 2, _BACK_OFF[1])
            else:
                delay = _BACK_OFF[0]
                self._write(ready=all(server.alive() for server in self._children()))

    def _children(self) -> tuple[Child, Child]:
        return self.broker, self.store

    def _write(self, ready: bool = False) -> None:
        pids = {
            "supervisor": os.getpid(),
            "broker": self.broker.pid,
            "epmd": self.broker.name_server_pid,
            "store": self.store.pid,
        }
        processes = {name: identity.identify(pid) for name, pid in pids.items() if pid is not None}
        with self._writing:
            write_file(self.home, self.addresses, processes, ready=ready)


def _check_private(addresses: EmbeddedAddresses) -> None:
    if addresses.tls is None and addresses.host != HOST:
        raise StartFailed(f"on {addresses.host} the broker's passwords could be read: give --tls FOLDER too")
    if addresses.tls and not all((Path(addresses.tls) / name).exists() for name in (CA, CERTIFICATE, KEY)):
        raise StartFailed(f"{addresses.tls} lacks {CA}, {CERTIFICATE} or {KEY}: hatchery ca issue")


def processes(home: Path) -> dict[str, dict[str, int]]:
    """The processes of this home that run now, by name: supervisor, broker, epmd, store."""
    try:
        written = read_file(home).get("processes", {})
    except FileNotFoundError:
        return {}
    return {name: process for name, process in written.items() if identity.is_running(process)}


def is_supervised(home: Path) -> bool:
    """Whether another process looks after this home."""
    supervisor = processes(home).get("supervisor")
    return supervisor is not None and supervisor["pid"] != os.getpid()


def end_leftovers(home: Path) -> None:
    """Ends servers whose supervisor was killed: they would hold ports and data."""
    for name, process in processes(home).items():
        if name != "supervisor":
            log.warning("ending a %s that was left over", name)
            identity.end(process, timeout=30)


def stop_home(home: Path, timeout: float = 60) -> None:
    """Stops what runs in this home, whoever started it. Raises NotRunning when nothing does.

    `timeout` in seconds is for the supervisor; servers that it leaves are ended by us.
    """
    running = processes(home)
    if not running:
        raise NotRunning(f"nothing runs in {home}")
    if is_supervised(home):
        identity.end(running["supervisor"], timeout)
    end_leftovers(home)


def wait_started(home: Path, timeout: float = 90) -> EmbeddedAddresses:
    """For a process that did not start the home itself: waits up to `timeout` seconds until it runs."""
    deadline = time.monotonic() + timeout
    while not (is_supervised(home) and read_file(home).get("ready")):
        if time.monotonic() > deadline:
            raise NotRunning(f"nothing was started in {home} within {timeout:.0f} s")
        time.sleep(0.1)
    return EmbeddedAddresses.read(home)
