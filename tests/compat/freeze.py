"""Keep what a version says and stores, for the version after it to be held against.

    python -m tests.compat.freeze --commit v0.2.0 --to tests/compat/v0.2.0

Runs that version's own tests of its services, on a broker and a store of their own, and keeps of what then lies in
the stores: one or two envelopes of each event type, some documents of each collection with its indexes; and the
schemas of what each service tells and reads. Run at each release, and named in `tests/compat/previous.py` after it.
Of an event type that those tests do not show, the schemas alone are kept; `unsampled.txt` names them. Ends with 1
where there are any: each is a test that its service lacks.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.compat import previous

# What only nodes among themselves tell, which the tests of single services do not show: of these the schemas are kept.
BETWEEN_NODES = ("handed_over", "taken_over", "resync.asked", "restore.announced")

UNSAMPLED = "unsampled.txt"


def freeze(tree: Path, to: Path) -> None:
    """Raises CalledProcessError where the tests of that version do not pass."""
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(tree), str(previous.HERE))),
        "HATCHERY_FREEZE_TO": str(to.resolve()),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-m", "service", "-p", "collecting", "tests/services"]
    subprocess.run(command, cwd=tree, env=environment, check=True)


def without_sample(of: Path) -> Iterator[str]:
    """The event types of which nothing was kept."""
    for file in sorted((of / "schemas").glob("*.json")):
        told = {one["type"] for one in json.loads((of / "events" / file.name).read_text(encoding="utf-8"))}
        published = json.loads(file.read_text(encoding="utf-8"))["published"].keys()
        yield from sorted(each for each in published - told if not each.endswith(BETWEEN_NODES))


def main() -> int:
    parser = argparse.ArgumentParser(description="Keep samples of what a version says and stores.")
    parser.add_argument("--commit", default="HEAD", help="what to keep samples of; default: HEAD")
    parser.add_argument("--to", type=Path, required=True, help="folder, replaced as a whole")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            tree = previous.unpack(given.commit, Path(scratch) / "tree")
            freeze(tree, Path(scratch) / "frozen")
        except (previous.NoHistory, subprocess.CalledProcessError) as error:
            print(f"nothing was kept: {error}", file=sys.stderr)  # noqa: T201
            return 1
        shutil.rmtree(given.to, ignore_errors=True)
        shutil.copytree(Path(scratch) / "frozen", given.to)
    missing = list(without_sample(given.to))
    (given.to / UNSAMPLED).write_text("".join(f"{each}\n" for each in missing), encoding="utf-8")
    print(f"kept in {given.to}; without a sample: {', '.join(missing) or 'none'}")  # noqa: T201
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
