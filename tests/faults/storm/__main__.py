"""`python -m tests.faults.storm`: three tiers under a seeded nemesis, and what the checker finds afterwards.

Everything lies in .run/faults. Ends with 0 where nothing was lost, doubled or unexpected and every place in the event
path was died at, with 1 where anything is wrong, with 3 where it was stopped (^C, SIGTERM) before its end: `--resume`
then goes on with it.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from tests.faults.storm import plan, report, run

# Of an import: what two cores take over within some seconds, and many events by one request.
ROWS, LONG_ROWS = 60, 300


def main() -> int:
    parser = argparse.ArgumentParser(description="Three tiers under a seeded nemesis.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--minutes", type=float, default=4.0, help="of storm; healing and checking come on top"
    )
    parser.add_argument(
        "--long", action="store_true", help="1,000 kills of services, 100 of servers, and so on"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the storm that was stopped")
    parser.add_argument("--pace", type=float, default=1.0, help="of the clients")
    parser.add_argument("--folder", type=Path, default=Path(".run/faults"))
    given = parser.parse_args()
    state = _state(given)
    if state is None:
        run.out(f"nothing was begun in {given.folder}")
        return 2
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    result = run.Storm(given.folder, state, stopping, run.out).run()
    if result is None:
        run.out(f"stopped after {state.elapsed:.0f} s of storm; go on with it: --resume")
        return 3
    run.out(report.table(result))
    report.write(given.folder.with_suffix(".json"), result)
    return 0 if result.good else 1


def _state(given: argparse.Namespace) -> run.State | None:
    if given.resume:
        return run.read(given.folder)
    run.clear(given.folder)
    given.folder.mkdir(parents=True)
    if given.long:
        state = run.State(
            given.seed, plan.LONG_MINUTES, dict(plan.LONG), plan.LONG_EVENTS, given.pace, LONG_ROWS
        )
    else:
        state = run.State(given.seed, given.minutes, plan.totals(given.minutes), 0, given.pace, ROWS)
    planned = report.plan_of(state)
    (given.folder / "plan.txt").write_text(planned + "\n", encoding="utf-8")
    run.out(planned if not given.long else f"{planned.count(chr(10)) + 1} faults, in {given.folder}/plan.txt")
    run.write(given.folder, state)
    return state


if __name__ == "__main__":
    sys.exit(main())
