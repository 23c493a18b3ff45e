"""How long a node with six services takes to start, and what it takes of memory while it has nothing to do."""

from __future__ import annotations

import time
from typing import Any

from tests.bench.memory import measure as memory
from tests.bench.memory import total
from tests.bench.path.machine import Machine
from tests.harness import make_node

SERVICES = ("registry", "needs", "incubator", "funding", "evaluation", "notifications")


def measure(machine: Machine) -> dict[str, Any]:
    """The second start, with indexes made and files in the machine's memory, as after an operator's restart: from the
    command until all services are ready. Memory in MiB: PSS, in which shared pages are divided."""
    vhost = machine.vhost("standing")
    node = make_node(machine.embedded, machine.folder / vhost, vhost, SERVICES, area="230103", clock="wall")
    node.apart = True
    took = []
    for _ in ("first", "warm"):
        began = time.monotonic()
        try:
            node.start()
            took.append(time.monotonic() - began)
            taken = memory(node)
        finally:
            node.stop()
    return {
        "services": len(SERVICES),
        "first_seconds": round(took[0], 2),
        "warm_seconds": round(took[1], 2),
        "pss_mib": {one.name: round(one.pss, 1) for one in taken},
        "pss_mib_node": round(total(taken), 1),
    }
