"""Processes that have imported the product and fork launchers of nodes, or commands of operators, from themselves.

The launcher imports once and forks its services. Importing takes some two seconds of CPU, for a command one, and a
run of all tests starts some hundred of each; so the tests' launchers and commands share one import, as the services
of a node do. Nodes of another version, what measures a launcher as operators run it, and the tests of the command
line itself start theirs by `python -m`.

Such a process is told what to start over its standard input, a JSON object a line, and answers with the new
process's id. How that ended is left in a file.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from eventlet.patcher import original

ROOT = Path(__file__).parent.parent


class Launched:
    """What was forked, with as much of `subprocess.Popen` as tests need."""

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
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
            time.sleep(0.02)
        return int(self._ended.read_text())


class Preloaded:
    """The tests' side of that process. `program` is `deploy.launcher` or `deploy.cli`."""

    def __init__(self, program: str) -> None:
        command = [sys.executable, "-W", "ignore", "-m", __name__, program]
        code = os.environ | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=code
        )
        self._ends = Path(tempfile.mkdtemp(prefix="launched-"))
        self._number = 0
        self._lock = threading.Lock()
        atexit.register(self._process.terminate)

    def launch(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str] = os.environ,
        output: Path | None = None,
    ) -> Launched:
        """`python -m PROGRAM` with these arguments. What it prints goes to standard error, or to the files
        `out` and `err` in the folder `output`."""
        assert self._process.stdin
        assert self._process.stdout
        with self._lock:
            self._number += 1
            ended = self._ends / str(self._number)
            asked = {
                "arguments": list(arguments),
                "environment": dict(environment),
                "ended": str(ended),
                "output": output and str(output),
            }
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
            return Launched(int(self._process.stdout.readline()), ended)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """As `subprocess.run` with captured output. Raises TimeoutExpired after `timeout` seconds."""
        with tempfile.TemporaryDirectory() as folder:
            code = self.launch(arguments, environment, Path(folder)).wait(timeout)
            out, err = (Path(folder, name).read_text(encoding="utf-8") for name in ("out", "err"))
        return subprocess.CompletedProcess(list(arguments), code, out, err)


@cache
def preloaded(program: str) -> Preloaded:
    return Preloaded(program)


def _serve(program: str) -> None:
    module = importlib.import_module(program)
    if program.endswith(".launcher"):  # the product's, or that of a test build
        # Not before that module, which patches what all others import.
        from deploy.launcher import service_class
        from shared.node import GATEWAY, SERVICES

        for name in (GATEWAY, *SERVICES):
            service_class(name)
    plain = original("os")  # the launcher has patched the module
    fork, wait = plain.fork, plain.waitpid
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin.buffer:
        if fork():
            continue
        # One process beside each launcher waits for it, as whoever starts it would.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        asked = json.loads(line)
        pid = fork()
        if pid == 0:
            os._exit(_become(program, module.main, asked))
        os.write(1, b"%d\n" % pid)
        code = os.waitstatus_to_exitcode(wait(pid, 0)[1])
        written = Path(asked["ended"] + ".part")
        written.write_text(str(code))
        written.rename(asked["ended"])
        os._exit(0)


def _become(program: str, main: Any, asked: dict[str, Any]) -> int:
    """What the forked process does: what it would do had it been started by itself."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if asked["output"]:
        for name, descriptor in (("out", 1), ("err", 2)):
            os.dup2(os.open(f"{asked['output']}/{name}", os.O_WRONLY | os.O_CREAT), descriptor)
    else:
        os.dup2(2, 1)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = [program, *asked["arguments"]]
    try:
        return int(main() or 0)
    except SystemExit as ended:
        return int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


if __name__ == "__main__":
    _serve(sys.argv[1])
