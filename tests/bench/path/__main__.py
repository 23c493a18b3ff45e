"""`python -m tests.bench.path`: runs the parts that are asked for, prints tables, writes .run/bench.json.

What parts of an earlier run left in that file stays, unless the part runs again.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tests.bench.path import growth, link, ours, paths, peer, report, stages, standing
from tests.bench.path.machine import Machine, machine
from tests.bench.path.paths import Size


@dataclass(frozen=True)
class Asked:
    size: Size
    events: int  # that wait in a link, and of each of the broker's stages
    growth: growth.Sizes


FULL = Asked(Size(runs=5, seconds=4.0, warm_up=200, alone=4.0), 2000, growth.FULL)
QUICK = Asked(Size(runs=1, seconds=2.0, warm_up=100, alone=2.0), 600, growth.QUICK)


def say(line: str = "") -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def of_stages(here: Machine, asked: Asked) -> dict[str, Any]:
    found = stages.measure(here, asked.size.seconds, asked.events)
    rate, by = stages.limit(found)
    return {"stages": [stage.told() for stage in found], "limit": {"rate": round(rate, 1), "by": by}}


def of_ours(here: Machine, asked: Asked) -> dict[str, Any]:
    with ours.street(here) as node:
        ways = [ours.Ours(here, node), ours.Ours(here, node, gateway=False)]
        return {"paths": {path.name: paths.measure(path, asked.size, say) for path in ways}}


def of_peers(here: Machine, asked: Asked) -> dict[str, Any]:
    found: dict[str, Any] = {"paths": {}, "peers": {}}
    for kind in peer.KINDS:
        if not kind.installed:
            say(f"  {kind.name} is left out: pip install 'hatchery[bench]'")
            continue
        with peer.running(here, kind) as running:
            found["paths"][kind.name] = paths.measure(running, asked.size, say)
            found["peers"] |= kind.versions
    return found


def of_link(here: Machine, asked: Asked) -> dict[str, Any]:
    return {"link": link.measure(here, asked.events, asked.size.runs, say)}


def of_standing(here: Machine, _asked: Asked) -> dict[str, Any]:
    return {"standing": standing.measure(here)}


def of_growth(here: Machine, asked: Asked) -> dict[str, Any]:
    return {"growth": growth.measure(here, asked.growth, say)}


PARTS: Mapping[str, Callable[[Machine, Asked], dict[str, Any]]] = {
    "stages": of_stages,
    "ours": of_ours,
    "peers": of_peers,
    "link": of_link,
    "standing": of_standing,
    "growth": of_growth,
}
USUAL = tuple(name for name in PARTS if name != "growth")  # which fills a store first: minutes of its own


def measure(parts: Sequence[str], asked: Asked, told: dict[str, Any], into: Path) -> None:
    """Add what these parts tell, all on one broker and one store; what is measured is kept part by part."""
    with machine() as here:
        told["rabbitmq"] = _rabbitmq(here)
        for name in parts:
            say(f"{name} ...")
            _merge(told, PARTS[name](here, asked))
            into.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def _rabbitmq(here: Machine) -> str:
    addresses = here.embedded.addresses
    login = (addresses.user, addresses.password)
    told = requests.get(f"{addresses.admin_url}/api/overview", auth=login, timeout=30).json()
    return str(told["rabbitmq_version"])


def _merge(told: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        told[name] = told.get(name, {}) | value if isinstance(value, dict) else value


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.path", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="this part; may be repeated (default: all but growth)"
    )
    parser.add_argument("--quick", action="store_true", help="one short run of each")
    parser.add_argument("--events", type=int, help="commands that are sent all at once, of each path")
    parser.add_argument(
        "--into", type=Path, default=report.FILE, help="where to write (default: %(default)s)"
    )
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # leaving nothing that was started
    asked = QUICK if given.quick else FULL
    if given.events:
        asked = replace(asked, size=replace(asked.size, runs=1, events=given.events))
    told = json.loads(given.into.read_text(encoding="utf-8")) if given.into.exists() else {}
    told |= {
        "machine": report.machine(),
        "load_before": round(os.getloadavg()[0], 1),
        "when": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "command": shlex.join(["python", "-m", "tests.bench.path", *arguments]),
    }
    given.into.parent.mkdir(exist_ok=True)
    measure(given.only or USUAL, asked, told, given.into)
    say(report.markdown(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
