"""Kill -9 around a running replay: services, broker and store, at random moments, as often as asked.

    python -m tests.faults.demo_under_kills --kills 10 --seed 1 [--home .run] [--every 7]

Run it beside `make demo`: it waits for the nodes to be up, kills, says what it killed, and ends. The demo's own
table then tells whether every figure is right; `hatchery letters list AREA` whether anything became a dead
letter. Not a test by itself: the tests do the same on a small scenario.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import time
from pathlib import Path

import yaml


def services(home: Path) -> dict[str, int]:
    """Process ids by `<area>/<service>` of all running services."""
    found = {}
    for file in home.glob("nodes/*/log/*.pid"):
        with contextlib.suppress(ValueError, ProcessLookupError):
            pid = int(file.read_text().split()[0])
            os.kill(pid, 0)
            found[f"{file.parts[-3]}/{file.stem}"] = pid
    return found


def servers(home: Path) -> dict[str, int]:
    """Process ids of broker and store."""
    told = yaml.safe_load((home / "embedded.yaml").read_text(encoding="utf-8"))["processes"]
    return {
        name: int(told[name]["pid"] if isinstance(told[name], dict) else told[name])
        for name in ("broker", "store")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--home", type=Path, default=Path(".run"))
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--every", type=float, default=7.0, help="seconds between kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--after", type=float, default=20.0, help="seconds to wait once services run")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    while len(services(given.home)) < 25:
        time.sleep(0.5)
    time.sleep(given.after)
    broker_at, store_at = chance.sample(range(given.kills), 2)
    for number in range(given.kills):
        if number in (broker_at, store_at):
            name = "broker" if number == broker_at else "store"
            pid = servers(given.home)[name]
        else:
            name, pid = chance.choice(sorted(services(given.home).items()))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            sys.stdout.write(f"{time.strftime('%H:%M:%S')} killed {name} ({pid})\n")
        time.sleep(given.every)


if __name__ == "__main__":
    main()
