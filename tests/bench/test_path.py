"""The bench of the event's path at its smallest: it counts right, and prints its tables. No figure is asserted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import Embedded
from tests.bench.path import growth, ours, paths, peer, report, stages
from tests.bench.path.machine import Machine
from tests.bench.path.paths import Size
from tests.bench.path.runs import burst, run

pytestmark = pytest.mark.service

SMALL = Size(runs=1, seconds=0.5, warm_up=20, alone=0.5, events=60)
RECORDS = 30  # more than the warm-up takes: some are never told of before they are counted


@pytest.fixture
def machine(embedded: Embedded, tmp_path: Path) -> Machine:
    return Machine(embedded, tmp_path)


def nothing_is_missing(told: dict[str, Any]) -> None:
    for part in ("capacity", "50", "90", "alone"):
        assert told[part]["accepted"] == told[part]["events"] > 0, part
        assert (told[part]["lost"], told[part]["doubled"]) == (0, 0), part


def sees_damage(path: ours.Ours) -> None:
    """A bench that could not would prove nothing."""
    path.begin()
    path.settled = 0.0  # nothing more comes: no need to wait for it
    assert path.counts(3).lost == 3
    one = {"_id": path.requests(1)[0].record}
    path.of("incubator", "known_organisations").update_one(
        {"sequence": {"$gt": 2}}, {"$inc": {"sequence": -1}}
    )
    assert path.counts(0).lost == 1
    path.of("registry", "organisations").update_one(one, {"$inc": {"sequence": 2}})
    assert path.counts(0).doubled == 2


def test_each_command_at_a_street_is_applied_once_and_the_tables_tell_of_it(machine: Machine):
    with ours.street(machine, RECORDS, apart=False) as node:
        path = ours.Ours(machine, node)
        told = paths.measure(path, SMALL, lambda line: None)
        growth.Filling(machine, node).up_to(20)
        assert run(path, burst(RECORDS)).counts == (0, 0, 0)
        sees_damage(path)
    nothing_is_missing(told)
    found = stages.measure(machine, 0.2, 50)
    rate, by = stages.limit(found)
    figures = {
        "machine": report.machine(), "when": "today", "command": "pytest", "rabbitmq": "any", "load_before": 2.0,
        "stages": [stage.told() for stage in found], "limit": {"rate": rate, "by": by}, "paths": {"ours": told},
    }  # fmt: skip
    text = report.markdown(figures)
    assert len(report.targets(figures)) == 2
    for told_of in ("### Targets", "### Bare stages", "### Paths", "| ours | 90 % |", "incubator"):
        assert told_of in text


@pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.name) for kind in peer.KINDS[:2]])
def test_a_peer_does_the_same_job(machine: Machine, kind: peer.Kind):
    if not kind.installed:
        pytest.skip("pip install 'hatchery[bench]'")
    with peer.running(machine, kind) as running:
        done = run(running, burst(100))
    assert (done.accepted, done.counts.lost, done.counts.doubled) == (100, 0, 0)
