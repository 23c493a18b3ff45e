"""Lives of organisations at random, in large: `python -m tests.bench.lives --steps 10000`.

Starts a store of its own, has organisations live by the registry's commands in any order, and prints how many
steps were taken without an illegal state, or fails with the shortest way to one.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from deploy.embedded import Embedded
from tests.harness import served
from tests.services.registry import life_machine


def main() -> int:
    parser = argparse.ArgumentParser(description="Random lives of organisations on a real store.")
    parser.add_argument("--steps", type=int, default=10_000, help="at least so many; default: 10000")
    wanted = parser.parse_args().steps
    with (
        tempfile.TemporaryDirectory() as scratch,
        served(Embedded(Path(scratch))) as embedded,
        life_machine.store(embedded.addresses.store_uri, "bench_lives"),
    ):
        began = time.monotonic()
        steps, taken = 0, dict[str, int]()
        while steps < wanted:
            more, carried_out = life_machine.run(50, same=False)
            steps += more
            taken = {k: taken.get(k, 0) + carried_out.get(k, 0) for k in {*taken, *carried_out}}
        figures = {
            "steps": steps,
            "illegal_states": 0,
            "seconds": round(time.monotonic() - began, 1),
            "carried_out": dict(sorted(taken.items())),
        }
    print(json.dumps(figures, ensure_ascii=False))  # noqa: T201, a command
    return 0


if __name__ == "__main__":
    sys.exit(main())
