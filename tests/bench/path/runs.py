"""One run of load against a contender: rates, latencies, CPU by process, and what was lost or doubled."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from tests.bench.path import cpu
from tests.bench.path.load import CONNECTIONS, Answers, Client, Plan

PATIENCE = 120.0  # seconds until everything is applied
LOOK = 0.01  # seconds between looks into the read model
PAUSE = 0.05  # the same when the load is over
SAMPLED = 10  # of so many events one is looked for while a steady load goes on
ASKED = 20  # records in one look
AT_ONCE = 500  # records in one question when the load is over


class Request(NamedTuple):
    content: bytes
    record: str  # that it acts on
    target: (
        int  # the place of the record's state that it brings about: it is applied once the read model has it
    )


class Counts(NamedTuple):
    """Of one run, counted in the stores after it."""

    lost: int  # accepted, and not in the read model
    doubled: int  # had their effect more than once
    again: int  # deliveries that were recognised as known


class Contender(Protocol):
    name: str
    port: int

    @property
    def processes(self) -> Mapping[str, int]:
        """Ids of all processes that have a part in it, broker and store among them."""

    def requests(self, count: int) -> list[Request]: ...

    def applied(self, records: Sequence[str]) -> Mapping[str, int]:
        """The places of these records' states in the read model."""

    def begin(self) -> None:
        """Note what the stores hold before a run."""

    def counts(self, accepted: int) -> Counts: ...


@dataclass(frozen=True)
class Run:
    events: int
    accepted: int
    rate: float  # events applied per second, from the first request to the last application
    answer_ms: Sequence[float]  # from when the request was due
    applied_ms: Sequence[float]  # the same, to when the read model showed it; of the sampled events
    cpu_ms: Mapping[str, float]  # per accepted command, by process
    counts: Counts
    status: Mapping[int, int] = field(default_factory=dict)

    @property
    def together(self) -> float:
        """CPU milliseconds per event, without those who measure."""
        return sum(value for name, value in self.cpu_ms.items() if name not in CLIENTS)

    def summary(self) -> dict[str, Any]:
        return {
            "events": self.events,
            "accepted": self.accepted,
            "rate": round(self.rate, 1),
            "answer_ms": _percentiles(self.answer_ms),
            "applied_ms": _percentiles(self.applied_ms),
            "cpu_ms": {name: round(value, 3) for name, value in self.cpu_ms.items()},
            "cpu_ms_together": round(self.together, 3),
            **self.counts._asdict(),
        }


CLIENTS = ("load", "watch")  # who measures; no part of what an event costs


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    if len(values) < 2:
        return {"p50": round(values[0], 2), "p99": round(values[0], 2)} if values else {}
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cut[49], 2), "p99": round(cut[98], 2)}


def burst(count: int) -> list[float]:
    """All due at once: as fast as answers come, over all connections."""
    return [0.0] * count


def steady(rate: float, seconds: float) -> list[float]:
    """Due at even distances."""
    return [number / rate for number in range(max(1, round(rate * seconds)))]


def run(
    contender: Contender, due: Sequence[float], connections: int = CONNECTIONS, look: float = LOOK
) -> Run:
    """Load with requests that are due in `due` seconds. What is not applied within PATIENCE is counted as lost."""
    contender.begin()
    requests = contender.requests(len(due))
    client = Client(Plan(contender.port, [one.content for one in requests], due, connections))
    processes = contender.processes
    before, own = cpu.read(processes), time.process_time()
    begin = client.begin()
    answers, seen = _watch(contender, requests, due, client, begin, look)
    accepted = sum(map(_good, answers.status))
    end = _wait(contender, requests, answers)
    used = cpu.between(before, cpu.read(processes))
    used |= {"load": answers.cpu, "watch": time.process_time() - own}
    return Run(
        len(requests),
        accepted,
        accepted / (end - begin),
        [1000 * (at - planned) for at, planned in zip(answers.answered, due, strict=True)],
        [1000 * (at - begin - due[number]) for number, at in seen.items()],
        {name: 1000 * value / max(1, accepted) for name, value in used.items()},
        contender.counts(accepted),
        _statuses(answers),
    )


def _statuses(answers: Answers) -> dict[int, int]:
    return {code: answers.status.count(code) for code in sorted(set(answers.status))}


def _watch(
    contender: Contender,
    requests: Sequence[Request],
    due: Sequence[float],
    client: Client,
    begin: float,
    look: float,
) -> tuple[Answers, dict[int, float]]:
    """The answers, and when each sampled event was seen in the read model, on the shared clock, by its number."""
    every = SAMPLED if len(requests) >= 10 * SAMPLED else 1
    # What is due at once waits for its turn: that is no latency, and looking would only slow it.
    waiting = list(range(0, len(requests), every)) if due[-1] > 0 or len(due) == 1 else []
    seen: dict[int, float] = {}
    answers: Answers | None = None
    end = begin + due[-1] + PATIENCE
    while waiting and time.monotonic() < end:
        asked = [number for number in waiting[:ASKED] if begin + due[number] <= time.monotonic()]
        found = contender.applied([requests[number].record for number in asked]) if asked else {}
        at = time.monotonic()
        seen |= {n: at for n in asked if found.get(requests[n].record, -1) >= requests[n].target}
        waiting = [number for number in waiting if number not in seen]
        if answers is None and not client.running:
            answers = client.answers()
            waiting = [number for number in waiting if _good(answers.status[number])]
        time.sleep(look)
    return answers or client.answers(), seen


def _good(status: int) -> bool:
    return 200 <= status < 300


def _wait(contender: Contender, requests: Sequence[Request], answers: Answers) -> float:
    """When the last of what was accepted was applied, on the shared clock; what is still missing after PATIENCE is
    counted later."""
    targets: dict[str, int] = {}
    for one, status in zip(requests, answers.status, strict=True):
        reached = targets.setdefault(one.record, one.target - 1)
        targets[one.record] = reached + _good(status)
    end = time.monotonic() + PATIENCE
    while targets and time.monotonic() < end:
        asked = list(targets)[:AT_ONCE]
        found = contender.applied(asked)
        applied = [record for record in asked if found.get(record, 0) >= targets[record]]
        for record in applied:
            del targets[record]
        if not applied:
            time.sleep(PAUSE)
    return time.monotonic()
