"""The demonstration under kill -9: services, broker and store, at random moments of the replay.

    python -m tests.faults.demo_under_kills --kills 10 --seed 1

Runs `hatchery demo` and, once the replay goes, kills something every few seconds: the broker once, the store once,
services otherwise. Ends with the demo's own exit code: 0 only when every figure is equal. Takes minutes, so it is
run by hand; the tests do the same on a small scenario.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import yaml


def services(home: Path) -> dict[str, int]:
    """Process ids of the running services, by `<area>/<service>`."""
    found = {}
    for file in home.glob("nodes/*/log/*.pid"):
        with contextlib.suppress(ValueError, IndexError, ProcessLookupError):
            pid = int(file.read_text().split()[0])
            os.kill(pid, 0)
            found["/".join((file.parts[-3], file.stem))] = pid
    return found


def server(home: Path, name: str) -> int:
    """The process id of `broker` or `store`."""
    told = yaml.safe_load((home / "embedded.yaml").read_text(encoding="utf-8"))
    return int(told["processes"][name]["pid"])


def kill(home: Path, count: int, every: float, chance: random.Random) -> None:
    broker_at, store_at = chance.sample(range(count), 2)
    for number in range(count):
        time.sleep(every)
        if number in (broker_at, store_at):
            name = "broker" if number == broker_at else "store"
            pid = server(home, name)
        else:
            name, pid = chance.choice(sorted(services(home).items()))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            sys.stdout.write(f"kill -9 {number + 1} of {count}: {name}\n")
            sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description="The demonstration under kill -9.")
    parser.add_argument("--home", type=Path, default=Path(os.environ.get("HATCHERY_HOME", ".run")))
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--every", type=float, default=7.0, help="seconds between kills")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    demo = subprocess.Popen([sys.executable, "-m", "deploy.cli", "demo"], stdout=subprocess.PIPE, text=True)
    assert demo.stdout is not None
    killer = threading.Thread(target=kill, args=(given.home, given.kills, given.every, chance), daemon=True)
    for line in demo.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        if " s  " in line and "/" in line and not killer.is_alive() and killer.ident is None:
            killer.start()
    code = demo.wait()
    if killer.is_alive() or killer.ident is None:
        sys.stdout.write("the demo ended before the last kill\n")
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
