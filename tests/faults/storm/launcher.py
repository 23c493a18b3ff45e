"""`python -m tests.faults.storm.launcher NODE.yaml`: the test build, whose nodes' clocks can be moved as well.

A file named after the node's area in the folder CLOCKS holds the seconds by which the node's clock is wrong;
without a file it is right. The product reads the machine's time at one place only, `shared.clock.wall`, and PyJWT at
one more; both are patched from outside.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from tests.faults.crashing import launcher  # isort: skip  # before anything else is imported
import jwt.api_jwt

from shared import clock, runtime
from tests.faults.storm import CLOCKS


def wrong_by() -> timedelta:
    """How far this node's clock is off."""
    try:
        text = (Path(os.environ[CLOCKS]) / runtime.node().area).read_text(encoding="utf-8")
    except (FileNotFoundError, RuntimeError):
        return timedelta()
    return timedelta(seconds=float(text or 0))


class AnyTime(type):
    def __instancecheck__(cls, one: object) -> bool:
        return isinstance(one, datetime)


class Wrong(datetime, metaclass=AnyTime):
    """What PyJWT takes for the class of times."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + wrong_by()


def install() -> None:
    right = clock.wall
    clock.wall = lambda: right() + wrong_by()
    jwt.api_jwt.datetime = Wrong  # type: ignore[attr-defined]


def main() -> int:
    install()
    return launcher.main()


if __name__ == "__main__":
    sys.exit(main())
