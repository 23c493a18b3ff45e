"""`python -m tests.bench.path`: runs the parts that are asked for, prints a table, writes .run/bench.json."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Mapping

from tests.bench.path import ours
from tests.bench.path.machine import Machine, machine
from tests.bench.path.runs import Run, burst, run, steady

WARM_UP = 200  # commands before anything is counted


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def only_ours(here: Machine, given: argparse.Namespace) -> None:
    """A warm-up, as many commands as fast as they are answered, and then half as many a second."""
    with ours.street(here) as node:
        for gateway in (True, False):
            path = ours.Ours(here, node, gateway=gateway)
            run(path, burst(WARM_UP))
            most = run(path, burst(given.events))
            show(f"{path.name}, all at once", most)
            half = run(path, steady(most.rate / 2, given.events / most.rate))
            show(f"{path.name}, half of that rate", half)


def show(name: str, done: Run) -> None:
    told = done.summary()
    say(f"\n{name}: {told['accepted']} of {told['events']} accepted, {told['rate']} events applied/s")
    say(
        f"  lost {told['lost']}, doubled {told['doubled']}, came again {told['again']}, answers {dict(done.status)}"
    )
    for what in ("answer_ms", "applied_ms"):
        say(f"  {what:12}" + "  ".join(f"{key} {value:8.2f}" for key, value in told[what].items()))
    say("  CPU, ms per event: " + ", ".join(f"{key} {value:.2f}" for key, value in told["cpu_ms"].items()))
    say(f"  together, without who measures: {told['cpu_ms_together']:.2f} ms")


PARTS: Mapping[str, Callable[[Machine, argparse.Namespace], None]] = {"ours": only_ours}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.path", description=__doc__)
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be repeated")
    parser.add_argument("--events", type=int, default=3000, help="commands of a run (default: %(default)s)")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # leaving nothing that was started
    with machine() as here:
        for name in given.only or PARTS:
            PARTS[name](here, given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
