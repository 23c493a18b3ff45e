"""Work that would hold up everything else of a service, in a process of its own with bounds on time and memory.

    rows = apart("services.registry.sheets:read", data)

The function is named and not passed, so that the service itself never imports what only the work needs. It takes
bytes and returns bytes; a Problem that it raises is raised to the caller. It must do nothing but compute: a process
that is killed leaves it behind, to end by itself.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import IO

from shared.children import code_of
from shared.errors import Problem, Refused, Text, Unavailable

SECONDS = 60  # of the processor
MEMORY = 1024 * 1024 * 1024  # bytes of address space
AT_ONCE = 2  # processes beside each service: a third caller waits
PATIENCE = 40.0  # seconds that it waits
SLOWEST = 4  # times as long as on a processor of its own

_REFUSED, _EXHAUSTED = 3, 4  # exit codes
_slots = threading.BoundedSemaphore(AT_ONCE)


class TooMuch(Refused):
    """The work broke the bounds on time or memory."""

    def __init__(self) -> None:
        super().__init__(
            "too-much-work",
            Text("This takes more time or memory than is granted.", "处理所需的时间或内存超过限制。"),
            Text("Split it into smaller parts.", "请拆分为较小的部分。"),
            field="file",
        )


def apart(function: str, given: bytes, *, seconds: int = SECONDS, memory: int = MEMORY) -> bytes:
    """What `module:function` makes of `given`.

    Raises the Problem that it raises; TooMuch beyond `seconds` of the processor or `memory` bytes; Unavailable while
    others are at it; RuntimeError for a defect.
    """
    if not _slots.acquire(timeout=PATIENCE):
        raise Unavailable(
            "busy-with-files",
            Text("Other files are being worked on.", "正在处理其他文件。"),
            Text("Try again in a moment.", "请稍后重试。"),
            retry_after=5,
        )
    try:
        code, answer, said = _run(function, given, seconds, memory)
    finally:
        _slots.release()
    if code == 0:
        return answer
    if code == _REFUSED:
        raise _told(answer)
    if code == _EXHAUSTED or code < 0:
        raise TooMuch
    raise RuntimeError(f"{function} failed: {said.decode(errors='replace')[-2000:]}")


def _run(function: str, given: bytes, seconds: int, memory: int) -> tuple[int, bytes, bytes]:
    """Exit code, standard output and standard error. Files instead of pipes: eventlet's pipes go round for ever when
    a child ends before it has read all."""
    command = [sys.executable, "-W", "ignore", "-m", "shared.apart", function, str(seconds), str(memory)]
    here = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with _memory() as into, _memory() as out, _memory() as errors:
        into.write(given)
        into.seek(0)
        child = subprocess.Popen(command, stdin=into, stdout=out, stderr=errors, env=here)
        code = code_of(child, SLOWEST * seconds)
        if code is None:
            raise TooMuch
        out.seek(0)
        errors.seek(0)
        return code, out.read(), errors.read()


def _memory() -> IO[bytes]:
    """A file in memory: in a container there may be no room for any other."""
    return os.fdopen(os.memfd_create("apart"), "w+b")


def _told(answer: bytes) -> Refused:
    said = json.loads(answer)
    return Refused(said["code"], Text(*said["detail"]), Text(*said["remedy"]), field=said["field"])


def _telling(problem: Problem) -> bytes:
    remedy = problem.remedy or Text("", "")
    said = {"code": problem.code, "detail": problem.detail, "remedy": remedy, "field": problem.field}
    return json.dumps(said).encode()


def main(function: str, seconds: str, memory: str) -> int:
    """The process apart; its exit code."""
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    os.nice(5)  # requests come first
    # Where memory runs out, this goes and not the service.
    Path("/proc/self/oom_score_adj").write_text("1000")
    module, _, name = function.partition(":")
    try:
        answer = getattr(import_module(module), name)(sys.stdin.buffer.read())
    except Problem as problem:
        sys.stdout.buffer.write(_telling(problem))
        return _REFUSED
    except MemoryError:
        return _EXHAUSTED
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
