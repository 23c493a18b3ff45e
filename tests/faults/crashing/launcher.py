"""`python -m tests.faults.crashing.launcher NODE.yaml`: as `deploy.launcher`, whose module patches for eventlet."""

from __future__ import annotations

import sys

from deploy import launcher  # isort: skip  # before anything else is imported
from tests.faults.crashing import points, switches


def main() -> int:
    switches.install()  # first: the places to die at are in what runs, broken or not
    points.install()
    return launcher.main()


if __name__ == "__main__":
    sys.exit(main())
