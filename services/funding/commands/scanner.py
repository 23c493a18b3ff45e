"""The scanner of attachments: a command that the node's description names, run on each file that came in.

It gets the path of a file as its last argument and answers by its exit code, as `clamdscan` does: 0 clean, 1 harmful.
Anything else is a scanner that does not work: the file stays in quarantine and is tried again.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from shared import runtime
from shared.children import code_of
from shared.errors import NotFound, Text, Unavailable
from shared.store import files

PATIENCE = 120.0  # seconds for one file
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
    """The exit code; None for one that took too long."""
    try:
        child = subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise _unavailable(str(error)) from None
    return code_of(child, PATIENCE)


def _unavailable(what: str) -> Unavailable:
    return Unavailable(
        "scanner-failed",
        Text(f"The scanner of attachments does not work: {what}.", f"附件查验程序异常：{what}。"),
        Text("Mend `files.scan` in the node's description.", "请检查节点描述中的 files.scan。"),
    )
