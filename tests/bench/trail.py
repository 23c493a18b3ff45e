"""What the entry of the audit costs a command: the same commands with and without it, by turns, in one run.

python -m tests.bench.trail [--rounds 40] [--commands 25]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

from deploy.embedded import Embedded
from shared import runtime
from shared.store import connection
from tests.harness import served
from tests.shared.store.permits import DOCUMENTS, HERE, Permit, call, change, grant


def measure(rounds: int, commands: int) -> dict[bool, list[float]]:
    """Milliseconds per command of each round, by whether the kind is audited. A command loads and saves one record."""
    took: dict[bool, list[float]] = {True: [], False: []}
    permits = {audited: grant(call(), f"audited {audited}").id for audited in took}
    for turn in range(2 * rounds):
        Permit.audited = bool(turn % 2)
        began = time.perf_counter()
        for number in range(commands):
            change(call(), permits[Permit.audited], count=turn * commands + number, holder=f"holder {turn}")
        took[Permit.audited].append((time.perf_counter() - began) * 1000 / commands)
        # What the relay and the sealer do elsewhere: a record does not keep what was sent and sealed.
        Permit._get_collection().update_many({}, {"$set": {"outbox": [], "trail": [], "inbox": []}})
    Permit.audited = True
    return took


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.trail")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--commands", type=int, default=25)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, served(Embedded(Path(folder))) as embedded:
        connection.connect(embedded.addresses.store_uri, f"bench_{uuid.uuid4().hex[:8]}")
        runtime.configure(HERE, "registry", {})
        for document in DOCUMENTS:
            document.ensure_indexes()
        took = measure(options.rounds, options.commands)
    without, with_ = (statistics.median(took[audited]) for audited in (False, True))
    sys.stdout.write(
        f"without {without:.2f} ms, with {with_:.2f} ms a command (median): x{with_ / without:.2f}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
