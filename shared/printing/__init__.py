"""Printing: HTML from a Jinja2 template, and PDF from that, in a process of its own.

Rendering takes a second of CPU and some 100 MB. Within a service it would hold up heartbeats and stay in memory for
good, so a child does it (`python -m shared.printing`) and ends. It reaches neither network nor files: templates may
be set by areas.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.children import code_of
from shared.errors import Refused, Text, Unavailable

_log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds for one document
NOTHING_TO_PRINT_WITH, BAD_TEMPLATE = 3, 4  # exit codes of the child
_one_at_a_time = threading.Semaphore(1)  # in each process: a child takes 100 MB


def pdf(template: str, values: Mapping[str, Any]) -> bytes:
    """The PDF of a template with its values. `qr(text)` within it gives the address of a QR code's picture.

    Raises Unavailable where the libraries or a Chinese font are missing, or where there is too much to print;
    Refused for a template that cannot be rendered.
    """
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise _unavailable("busy", Text("Too much is being printed.", "打印任务过多。"))
    try:
        code, printed, said = _run(json.dumps({"template": template, "values": dict(values)}).encode())
    finally:
        _one_at_a_time.release()
    if code == 0:
        return printed
    if code == BAD_TEMPLATE:
        raise Refused(
            "template-faulty",
            Text(f"The template cannot be printed: {said}", f"模板无法打印：{said}"),
            Text("Mend the area's template.", "请修正本地区的模板。"),
            field="template",
        )
    if code == NOTHING_TO_PRINT_WITH:
        raise _unavailable("printing-not-installed", Text(f"Missing here: {said}.", f"本机缺少：{said}。"))
    how = f"no end within {PATIENCE:g} s" if code is None else f"exit code {code}"
    _log.warning("printing broke off", extra={"reason": how, "error": said})
    raise _unavailable("printing-failed", Text(f"Printing broke off: {how}.", f"打印中断：{how}。"))


def _unavailable(code: str, reason: Text) -> Unavailable:
    remedy = Text(
        "Have the operator run deploy/ensure-printing.sh on this machine, then try again.",
        "请运维人员在本机运行 deploy/ensure-printing.sh 后重试。",
    )
    again = Text("Try again in a moment.", "请稍后重试。")
    return Unavailable(code, reason, remedy if code == "printing-not-installed" else again)


def _run(request: bytes) -> tuple[int | None, bytes, str]:
    """Exit code, what was printed, and what the child said. By files, since pipes with a timeout hang under
    eventlet."""
    code = str(Path(__file__).parents[2])
    path = os.pathsep.join(each for each in (code, os.environ.get("PYTHONPATH")) if each)
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as printed,
        tempfile.TemporaryFile() as said,
    ):
        given.write(request)
        given.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "shared.printing"],
            stdin=given, stdout=printed, stderr=said, env=os.environ | {"PYTHONPATH": path},
        )  # fmt: skip
        ended = code_of(child, PATIENCE)
        printed.seek(0)
        said.seek(0)
        return ended, printed.read(), said.read().decode(errors="replace").strip()[-300:]
