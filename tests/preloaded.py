"""A process that has imported the product and forks a node's launcher from itself whenever a test starts a node.

The launcher imports once and forks its services. Importing takes some two seconds of CPU, and a run of all tests
starts some hundred nodes; so the tests' launchers share one import, as the services of a node do. Nodes of another
version, and what measures a launcher as operators run it, are started by `python -m deploy.launcher`.

The process is told what to start over its standard input, a JSON object a line, and answers with the launcher's
process id. How a launcher ended is left in a file.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


class Launched:
    """A launcher that was forked, with as much of `subprocess.Popen` as tests of nodes need."""

    def __init__(self, pid: int, ended: Path) -> None:
        self.pid = pid
        self._ended = ended

    def terminate(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout: float) -> int:
        """The exit code, negative for a signal. Raises TimeoutExpired after `timeout` seconds."""
        end = time.monotonic() + timeout
        while not self._ended.exists():
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("deploy.launcher", timeout)
            time.sleep(0.02)
        return int(self._ended.read_text())


class Preloaded:
    """The tests' side of that process."""

    def __init__(self) -> None:
        command = [sys.executable, "-W", "ignore", "-m", __name__]
        code = os.environ | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=code
        )
        self._ends = Path(tempfile.mkdtemp(prefix="launched-"))
        self._number = 0
        self._lock = threading.Lock()
        atexit.register(self._process.terminate)

    def launch(self, arguments: Sequence[str]) -> Launched:
        """`python -m deploy.launcher` with these arguments, in this process's environment."""
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._number += 1
            ended = self._ends / str(self._number)
            asked = {"arguments": list(arguments), "environment": dict(os.environ), "ended": str(ended)}
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
            return Launched(int(self._process.stdout.readline()), ended)


@cache
def preloaded() -> Preloaded:
    return Preloaded()


def _serve() -> None:
    from deploy import launcher  # patches the standard library, which the tests themselves must not have
    from shared.node import GATEWAY, SERVICES

    for name in (GATEWAY, *SERVICES):
        launcher.service_class(name)
    fork, wait = launcher._os.fork, launcher._os.waitpid
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if fork():
            continue
        # One process beside each launcher waits for it, as whoever starts it would.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        asked = json.loads(line)
        pid = fork()
        if pid == 0:
            os._exit(_become(launcher.main, asked))
        os.write(1, b"%d\n" % pid)
        code = os.waitstatus_to_exitcode(wait(pid, 0)[1])
        written = Path(asked["ended"] + ".part")
        written.write_text(str(code))
        written.rename(asked["ended"])
        os._exit(0)


def _become(main: Any, asked: dict[str, Any]) -> int:
    """What the forked process does: what it would do had it been started by itself."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["deploy.launcher", *asked["arguments"]]
    try:
        return int(main())
    except SystemExit as ended:
        return int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1


if __name__ == "__main__":
    _serve()
