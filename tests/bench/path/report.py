"""The figures as tables, held against the targets, and the part of benchmarks/README.md that is written from them.

python -m tests.bench.path.report      # writes benchmarks/README.md anew from .run/bench.json
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from shared.version import VERSION
from tests.harness import ROOT

FILE = ROOT / ".run" / "bench.json"
README = ROOT / "benchmarks" / "README.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"

QUIET = 1.0  # load of a machine, above which figures are said to be disturbed

Told = Mapping[str, Any]
Row = Sequence[object]


class Target(NamedTuple):
    what: str
    wanted: str
    reached: float
    met: bool


def machine() -> dict[str, Any]:
    """What it ran on."""
    model = next(
        (
            text.partition(":")[2].strip()
            for text in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if text.startswith("model name")
        ),
        platform.machine(),
    )
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": model,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": platform.platform(),
        "files": _file_system(Path(tempfile.gettempdir())),
        "python": platform.python_version(),
        "hatchery": VERSION,
        "packages": {name: version(name) for name in ("nameko", "eventlet", "pymongo", "amqp", "secantusdb")},
    }


def _file_system(path: Path) -> str:
    """The type of what `path` is kept on: of writes that wait for their disk it decides the figures."""
    mounts = [one for one in psutil.disk_partitions(all=True) if path.is_relative_to(one.mountpoint)]
    return max(mounts, key=lambda one: len(one.mountpoint)).fstype if mounts else "unknown"


def targets(told: Told) -> list[Target]:
    """Each aim with what was reached; only of what was measured."""
    return [target for each in _TARGETS for target in each(told)]


def _share_of_limit(told: Told) -> Iterator[Target]:
    if "limit" in told and "ours" in told.get("paths", {}):
        share = _capacity(told, "ours") / told["limit"]["rate"]
        yield Target("local path, share of the limit", "at least 0.5", share, share >= 0.5)


def _against_faststream(told: Told) -> Iterator[Target]:
    if {"ours", "FastStream"} <= told.get("paths", {}).keys():
        times = _capacity(told, "ours") / _capacity(told, "FastStream")
        wanted = "events applied per second, times FastStream's without an outbox"
        yield Target(wanted, "at least 1.5", times, times >= 1.5)


def _latency(told: Told) -> Iterator[Target]:
    if "stages" in told and "ours" in told.get("paths", {}):
        alone = told["paths"]["ours"]["alone"]["applied_ms"]["p50"]["median"]
        times = alone / sum(stage["alone_ms"] for stage in told["stages"])
        yield Target("latency without load, times the sum of the bare stages", "at most 3", times, times <= 3)


def _link(told: Told) -> Iterator[Target]:
    if "link" in told:
        bare = told["link"]["bare"]["median"]
        for what, name in (("queued", "into the district's queues"), ("applied", "into its read model")):
            share = told["link"][what]["median"] / bare
            yield Target(f"link {name}, share of a bare shovel", "at least 0.5", share, share >= 0.5)


def _start(told: Told) -> Iterator[Target]:
    if "standing" in told:
        seconds = told["standing"]["warm_seconds"]
        yield Target("warm start of a node with six services, seconds", "below 10", seconds, seconds < 10)


def _growth(told: Told) -> Iterator[Target]:
    for name, grown in told.get("growth", {}).items():
        first, *others = grown["cpu_ms"].values()
        for size, cost in zip(list(grown["cpu_ms"])[1:], others, strict=True):
            times = cost / first
            yield Target(f"{name} {size}, times that of the first", "at most 1.2", times, times <= 1.2)


_TARGETS: Sequence[Callable[[Told], Iterator[Target]]] = (
    _share_of_limit, _against_faststream, _latency, _link, _start, _growth,
)  # fmt: skip


def _capacity(told: Told, name: str) -> float:
    return float(told["paths"][name]["capacity"]["rate"]["median"])


# --- tables


def markdown(told: Told) -> str:
    """All that was measured, as it is."""
    return "\n\n".join(part for each in _PARTS for part in each(told))


def _about(told: Told) -> Iterator[str]:
    about = told["machine"]
    packages = ", ".join(f"{name} {number}" for name, number in about["packages"].items())
    peers = ", ".join(f"{name} {number}" for name, number in told.get("peers", {}).items())
    place = f"{about['memory_gib']} GiB, files on {about['files']}, {about['system']}"
    versions = f"Python {about['python']}; {packages}, RabbitMQ {told['rabbitmq']}"
    yield (
        f"Hatchery {about['hatchery']}, {told['when']}, `{told['command']}`. {about['cores']} cores of {about['cpu']}, "
        f"{place}, {versions}" + (f"; peers: {peers}." if peers else ".")
    )
    busy = told["load_before"]
    if busy > QUIET:
        yield f"**The machine was not idle: its load was {busy} when this began. All figures suffer from it.**"


def _of_targets(told: Told) -> Iterator[str]:
    found = targets(told)
    if found:
        yield "### Targets"
        yield _table(
            ("what", "wanted", "reached", ""),
            [(one.what, one.wanted, f"{one.reached:.2f}", "" if one.met else "**missed**") for one in found],
        )


def _of_stages(told: Told) -> Iterator[str]:
    if "stages" in told:
        yield "### Bare stages"
        rows = [
            (one["name"], f"{one['rate']:.0f}", f"{one['cpu_ms']:.3f}", f"{one['alone_ms']:.2f}")
            for one in told["stages"]
        ]
        yield _table(("stage", "operations/s", "CPU ms each", "alone, ms"), rows)
        yield f"Limit: **{told['limit']['rate']:.0f} events/s**, by: {told['limit']['by']}."


def _of_paths(told: Told) -> Iterator[str]:
    paths = told.get("paths", {})
    if not paths:
        return
    yield "### Paths"
    limit = told.get("limit", {}).get("rate")
    head = (
        "path", "events applied/s", "lowest to highest", "share of the limit", "ours, times this", "CPU ms an event",
        "lost", "doubled", "came again",
    )  # fmt: skip
    rows = []
    for name, path in paths.items():
        rate, parts = path["capacity"]["rate"], [path[part] for part in ("capacity", "50", "90", "alone")]
        share = f"{rate['median'] / limit:.2f}" if limit else ""
        times = f"{_capacity(told, 'ours') / rate['median']:.2f}" if "ours" in paths else ""
        counted = [sum(part[what] for part in parts) for what in ("lost", "doubled", "again")]
        cpu = f"{path['capacity']['cpu_ms_together']['median']:.2f}"
        rows.append(
            (
                name,
                f"{rate['median']:.0f}",
                f"{rate['low']:.0f} to {rate['high']:.0f}",
                share,
                times,
                cpu,
                *counted,
            )
        )
    yield _table(head, rows)
    yield _latencies(paths)
    yield _processes(paths)


def _latencies(paths: Told) -> str:
    rows = []
    for name, path in paths.items():
        for part in ("50", "90", "alone"):
            load = f"{part} %" if part.isdecimal() else part
            cells = [
                f"{value['median']:.0f} ({value['low']:.0f} to {value['high']:.0f})"
                for what in ("answer_ms", "applied_ms")
                for value in (path[part][what].get(key) for key in ("p50", "p99"))
                if value
            ]
            rows.append((name, load, *cells))
    return _table(("path", "load", "answer p50, ms", "answer p99", "applied p50", "applied p99"), rows)


def _processes(paths: Told) -> str:
    rows = []
    for name, path in paths.items():
        parts = path["90"]["cpu_ms"]
        rows.append((name, ", ".join(f"{process} {value:.2f}" for process, value in parts.items())))
    return _table(("path", "CPU ms an event by process, at 90 %"), rows)


def _of_link(told: Told) -> Iterator[str]:
    if "link" in told:
        link = told["link"]
        yield "### Link"
        rows = [
            (what, f"{rate['median']:.0f}", f"{rate['low']:.0f} to {rate['high']:.0f}")
            for what, rate in (
                ("bare shovel, queue to queue", link["bare"]),
                ("what waits in the link, into the queues of the district's services", link["queued"]),
                ("what waits in the link, into the district's read model", link["applied"]),
                ("from HTTP at the street to the district's read model", link["over_http"]["rate"]),
            )
        ]
        yield _table(("what", "events/s", "lowest to highest"), rows)
        over = link["over_http"]
        parts = ", ".join(f"{name} {value:.2f}" for name, value in over["cpu_ms"].items())
        counted = [over[what] + link["lost"] * (what == "lost") for what in ("lost", "doubled", "again")]
        yield (
            f"CPU ms an event from HTTP to the district: {parts}. Lost {counted[0]}, doubled {counted[1]}, "
            f"came again {counted[2]}."
        )


def _of_standing(told: Told) -> Iterator[str]:
    if "standing" in told:
        one = told["standing"]
        parts = ", ".join(f"{name} {value:.1f}" for name, value in one["pss_mib"].items())
        yield "### Start and memory"
        yield (
            f"A node with {one['services']} services is ready after {one['first_seconds']:.1f} s with empty databases, "
            f"after {one['warm_seconds']:.1f} s when started again. Idle it takes {one['pss_mib_node']:.0f} MiB (PSS): "
            f"{parts}."
        )


def _of_growth(told: Told) -> Iterator[str]:
    if told.get("growth"):
        yield "### Growth"
        rows = []
        for name, grown in told["growth"].items():
            first = next(iter(grown["cpu_ms"].values()))
            rows += [
                (name, size, f"{cost:.2f}", f"{cost / first:.2f}") for size, cost in grown["cpu_ms"].items()
            ]
        yield _table(("what", "size", "CPU ms each", "times the first"), rows)


_PARTS: Sequence[Callable[[Told], Iterator[str]]] = (
    _about, _of_targets, _of_stages, _of_paths, _of_link, _of_standing, _of_growth,
)  # fmt: skip


def _table(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def write_readme(told: Told) -> None:
    """Put the figures between their marks."""
    text = README.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    README.write_text(f"{before}{BEGIN}\n\n{markdown(told)}\n\n{END}{after}", encoding="utf-8")


def main() -> int:
    write_readme(json.loads(FILE.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
