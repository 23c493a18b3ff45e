"""What a storm came to: a table for people, and a file for programs."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.faults.storm import plan
from tests.faults.storm.run import Result, State

CASES = {
    "lost": "lost",
    "doubled": "doubled",
    "unexpected": "unexpected",
    "out_of_order": "out of order within a subject",
    "refused": "commands refused that ought not to be",
    "unlike": "copies unlike their owner's record",
    "unsent": "events still waiting",
    "unsealed": "audit entries still waiting",
    "unbalanced": "funds that do not add up",
    "dead": "messages given up that somebody could read",
}


def table(result: Result) -> str:
    state, verdict = result.state, result.verdict
    rows: list[tuple[str, object]] = [
        ("seed", state.seed),
        ("seconds of storm", round(state.elapsed)),
        ("pieces", state.pieces),
        *(
            (plan.KINDS[kind], f"{state.happened.get(kind, 0)} of {state.counts.get(kind, 0)}")
            for kind in plan.KINDS
        ),
        ("broker's data on a file system of its own", "yes" if result.disk else "no"),
        ("places in the event path at which a process died", result.reached),
        ("of these not reached", len(result.places)),
        ("replays of the scenario", state.replays),
        ("commands accepted", verdict.commands),
        ("requests repeated with the same key", state.repeated),
        ("events sent", verdict.events),
        ("records, each with its owner", verdict.records),
        ("events given to onlookers again", result.again),
        ("messages given up that nobody can read", result.spoiled),
        ("queues that the broker could read no more, made anew", state.replaced),
        ("events that came late, sent again after a full disk", verdict.late),
        *((words, verdict.damage[name]) for name, words in CASES.items()),
        ("seconds from healing: last client answered", round(result.clients_done, 1)),
        ("seconds from healing: outboxes empty", _seconds(result.outboxes_empty)),
        ("seconds from healing: nothing on its way", _seconds(result.quiet)),
    ]
    lines = [f"{name:<52}{value:>14}" for name, value in rows]
    lines += [f"never died at: {place}" for place in result.places]
    lines += [f"still there: {name} {count}" for name, count in result.left.items()]
    lines += [f"not taken: {fault}" for fault in state.faults[:20]]
    lines += verdict.cases
    return "\n".join([*lines, "good" if result.good else "DAMAGE"])


def _seconds(value: float | None) -> object:
    return "never" if value is None else round(value, 1)


def write(file: Path, result: Result) -> None:
    state = result.state
    told: dict[str, Any] = {
        "good": result.good,
        "seed": state.seed,
        "plan": [fault._asdict() for fault in plan.plan(state.seed, state.counts, state.minutes)],
        "faults": state.happened,
        "commands": result.verdict.commands,
        "events": result.verdict.events,
        "places": {"reached": result.reached, "missing": result.places},
        "machine": machine(),
        "verdict": asdict(result.verdict),
        **{name: value for name, value in asdict(result).items() if name not in ("verdict", "places")},
    }
    file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def machine() -> dict[str, object]:
    load = os.getloadavg()
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": [round(one, 1) for one in load],
    }


def plan_of(state: State) -> str:
    faults = plan.plan(state.seed, state.counts, state.minutes)
    return "\n".join(map(str, faults))
