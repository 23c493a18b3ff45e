"""`python -m tests.faults.crashing NODE.yaml`: as `deploy.launcher`, whose module patches for eventlet."""

from __future__ import annotations

import sys

from deploy import launcher  # isort: skip  # before anything else is imported
from tests.faults.crashing import points

if __name__ == "__main__":
    points.install()
    sys.exit(launcher.main())
