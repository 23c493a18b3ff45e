"""The version before this one: where its source is, and what was kept of it.

Its code comes out of the history of the repository, its samples from `tests/compat/v<VERSION>`, which
`tests.compat.freeze` made. Both are named here and changed together, once for each release.
"""

from __future__ import annotations

import json
import subprocess
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from bson import json_util

VERSION = "0.3.0"
COMMIT = "580d00dded99db07bcc71ad526ef0ee7a4b74dfe"
HERE = Path(__file__).parent
ROOT = HERE.parents[1]
AWARE = json_util.RELAXED_JSON_OPTIONS.with_options(tz_aware=True)


class NoHistory(Exception):
    """The clone lacks the commit of the version before."""


def unpack(commit: str, folder: Path) -> Path:
    """The tree of a commit in `folder`. Raises NoHistory.

    A test that needs it fails then, and is not skipped: nothing else shows that both versions work together, and a
    build server that clones too little would otherwise never tell.
    """
    done = subprocess.run(
        ["git", "archive", "--format=zip", "-0", commit], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        raise NoHistory(
            f"this clone has no commit {commit}, from which the version before is run beside this one: "
            f"git fetch --unshallow (git: {done.stderr.decode(errors='replace').strip()})"
        )
    with zipfile.ZipFile(BytesIO(done.stdout)) as tree:
        tree.extractall(folder)
    return folder


def services(version: str = VERSION) -> tuple[str, ...]:
    """Those that the version had."""
    return tuple(sorted(file.stem for file in (HERE / f"v{version}" / "schemas").glob("*.json")))


@cache
def frozen(kind: str, service: str, version: str = VERSION) -> Any:
    """What was kept of a service: `schemas`, `events` (envelopes) or `documents` (with BSON's types)."""
    text = (HERE / f"v{version}" / kind / f"{service}.json").read_text(encoding="utf-8")
    return json.loads(text) if kind != "documents" else json_util.loads(text, json_options=AWARE)
