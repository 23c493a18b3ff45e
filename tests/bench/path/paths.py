"""What a contender can do, and how it does at half of that and at nine tenths."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.path.runs import CLIENTS, Contender, Run, burst, run, steady

SHARES = (50, 90)  # percent of the capacity
FEWEST = 100  # commands of a run
SLOW = 5.0  # commands a second that do not meet each other
CLOSE = 0.001  # seconds between looks for what goes alone

Say = Callable[[str], None]
Told = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How long it is looked."""

    runs: int
    seconds: float  # of each run
    warm_up: int  # commands
    alone: float  # seconds in which commands go one by one
    events: int | None = None  # commands of a run at the capacity, instead of what `seconds` make


def measure(contender: Contender, size: Size, say: Say) -> Told:
    """Capacity first: all that is due at once, as often as there are runs. It is what was applied per second until
    the last was."""
    warm = run(contender, burst(size.warm_up))
    count = size.events or max(FEWEST, round(warm.rate * size.seconds))
    told: Told = {}
    bursts = [run(contender, burst(count)) for _ in range(size.runs)]
    told["capacity"] = summary(bursts)
    capacity = told["capacity"]["rate"]["median"]
    say(f"  {contender.name}: {line(told['capacity'])}")
    for share in SHARES:
        due = steady(capacity * share / 100, size.seconds)
        told[str(share)] = summary([run(contender, due) for _ in range(size.runs)])
        say(f"  {contender.name}, {share} %: {line(told[str(share)])}")
    told["alone"] = summary([run(contender, steady(SLOW, size.alone), 1, CLOSE)])
    say(f"  {contender.name}, alone: {line(told['alone'])}")
    return told


def summary(runs: Sequence[Run]) -> Told:
    """Medians with the lowest and highest of the runs; counts are summed."""
    told: Told = {
        "runs": len(runs),
        "events": sum(one.events for one in runs),
        "accepted": sum(one.accepted for one in runs),
        "rate": spread([one.rate for one in runs]),
        "cpu_ms": {name: median([one.cpu_ms[name] for one in runs]) for name in runs[0].cpu_ms},
        "cpu_ms_together": spread([one.together for one in runs]),
    }
    for what in ("answer_ms", "applied_ms"):
        each = [one.summary()[what] for one in runs]
        told[what] = {key: spread([one[key] for one in each]) for key in each[0]}
    for what in ("lost", "doubled", "again"):
        told[what] = sum(getattr(one.counts, what) for one in runs)
    return told


def spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": median(values), "low": round(min(values), 3), "high": round(max(values), 3)}


def median(values: Sequence[float]) -> float:
    return round(statistics.median(values), 3)


def line(told: Told) -> str:
    """One line of it, for who watches."""
    cpu = ", ".join(f"{name} {value:.2f}" for name, value in told["cpu_ms"].items() if name not in CLIENTS)
    answers = " ".join(f"{key} {value['median']:.0f} ms" for key, value in told["answer_ms"].items())
    applied = " ".join(f"{key} {value['median']:.0f} ms" for key, value in told["applied_ms"].items())
    return (
        f"{told['rate']['median']:.0f}/s ({told['rate']['low']:.0f} to {told['rate']['high']:.0f}); "
        f"answers {answers}; applied {applied or '-'}; CPU {told['cpu_ms_together']['median']:.2f} ms ({cpu}); "
        f"lost {told['lost']}, doubled {told['doubled']}, again {told['again']}"
    )
