"""The scanner of attachments: a command that the node's description names, run on each file that came in.

It gets the path of a file as its last argument and answers by its exit code, as `clamdscan` does: 0 clean, 1 harmful.
Anything else is a scanner that does not work: the file stays in quarantine and is tried again.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from shared import runtime
from shared.errors import NotFound, Text, Unavailable
from shared.store import files

PATIENCE = 120.0  # seconds for one file
PAUSE = 0.05  # seconds between two looks at the scanner
CLEAN, HARMFUL = 0, 1  # exit codes


def command_line() -> Sequence[str]:
    """Empty where the node has no scanner."""
    found: Sequence[str] = runtime.node().files.get("scan", ())
    return found


def scan(identifier: str) -> bool:
    """Whether a kept file is clean. Raises Unavailable where the scanner does not work."""
    line = command_line()
    if not line:  # it was taken out of the description: nothing says any more that the file is clean
        raise _unavailable("no scanner is set")
    with tempfile.TemporaryDirectory(prefix="hatchery-scan-") as folder:
        path = Path(folder) / "attachment"
        try:
            path.write_bytes(files.fetch(identifier).data)
        except NotFound:
            raise _unavailable("the file is not kept here") from None
        code = _run([*line, str(path)])
    if code not in (CLEAN, HARMFUL):
        raise _unavailable(f"exit code {code}")
    return code == CLEAN


def _run(line: Sequence[str]) -> int | None:
    """The exit code; None for one that took too long. By looks, since waiting with a timeout hangs under eventlet."""
    try:
        child = subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise _unavailable(str(error)) from None
    end = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < end:
        time.sleep(PAUSE)
    if child.returncode is None:
        child.kill()
        child.wait()
        return None
    return child.returncode


def _unavailable(what: str) -> Unavailable:
    return Unavailable(
        "scanner-failed",
        Text(f"The scanner of attachments does not work: {what}.", f"附件查验程序异常：{what}。"),
        Text("Mend `files.scan` in the node's description.", "请检查节点描述中的 files.scan。"),
    )
