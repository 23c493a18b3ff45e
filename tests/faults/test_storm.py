"""The storm: its plan, what its checker sees in made-up worlds, and a short piece of one with a fixed seed."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import Sent, Verdict, check_commands, check_onlooker
from tests.faults.storm import history, plan, report, run
from tests.faults.storm.history import Command, History, Outcome, trace_of
from tests.faults.storm.world import COMMUNITY, DISTRICT, STREET
from tests.harness import scratch

FILED, TOLD = "registry.organisation.applied", "notifications.message.sent"
LITTLE = {
    "service kill": 6,
    "service freeze": 1,
    "server freeze": 1,
    "broker kill": 1,
    "store kill": 1,
    "cut": 1,
    "clock jump": 1,
}


@pytest.mark.unit
def test_the_plan_is_a_function_of_the_seed() -> None:
    counts = plan.totals(4)
    assert plan.plan(1, counts, 4) == plan.plan(1, counts, 4)
    assert plan.plan(1, counts, 4) != plan.plan(2, counts, 4)


@pytest.mark.unit
def test_the_long_form_has_all_faults_within_its_time() -> None:
    faults = plan.plan(1, plan.LONG, plan.LONG_MINUTES)
    found = {kind: sum(fault.kind == kind for fault in faults) for kind in plan.KINDS}
    assert found == plan.LONG
    assert all(0 <= fault.at <= plan.LONG_MINUTES * 60 for fault in faults)
    assert all(5 <= fault.seconds <= 60 for fault in faults if fault.kind == "cut")


def filed(key: str = "a/1/1", status: int = 201, **told: int) -> Outcome:
    return Outcome(Command(key, "a", STREET, "/", told or {FILED: 1}), status)


def event(key: str = "a/1/1", kind: str = FILED, sequence: int = 1, **more: Any) -> Sent:
    made = Sent(STREET, f"{key}-{sequence}", kind, "s", 1, sequence, trace_of(key), "area", STREET)
    return made._replace(**more)


def judged(outcomes: list[Outcome], events: list[Sent]) -> dict[str, int]:
    verdict = Verdict()
    check_commands(verdict, outcomes, events)
    return {name: count for name, count in verdict.damage.items() if count}


@pytest.mark.unit
def test_accepted_commands_and_their_events_are_held_against_each_other() -> None:
    assert judged([filed()], [event()]) == {}
    assert judged([filed()], []) == {"lost": 1}
    assert judged([filed()], [event(), event(sequence=2)]) == {"doubled": 1}
    assert judged([filed()], [event(), event(kind=TOLD)]) == {"unexpected": 1}
    assert judged([], [event()]) == {"unexpected": 1}
    assert judged([], [event(kind="registry.audit_head.sealed")]) == {}
    assert judged([filed(status=422)], [event()]) == {"refused": 1, "unexpected": 1}


@pytest.mark.unit
def test_a_command_without_an_answer_may_have_acted_once() -> None:
    assert judged([filed(status=0)], []) == {}
    assert judged([filed(status=0)], [event()]) == {}
    assert judged([filed(status=0)], [event(), event(sequence=2)]) == {"doubled": 1}


@pytest.mark.unit
def test_an_effect_may_act_for_any_command_of_its_story() -> None:
    story = [filed("a/1/1"), filed("a/1/2", **{TOLD: 1})]
    assert judged(story, [event(), event(kind=TOLD, sequence=2)]) == {}


@pytest.mark.unit
def test_replays_are_measured_by_the_first_one() -> None:
    def step(replay: int, name: str) -> Outcome:
        command = Command(
            f"{replay}{name}", "r", STREET, "/", None, {"replay": f"storm-{replay}", "step": name}
        )
        return Outcome(command, 201)

    outcomes = [step(replay, name) for replay in (0, 1) for name in "xy"]
    calm = [event("0x"), event("0y")]
    assert judged(outcomes, [*calm, event("1x"), event("1y")]) == {}
    assert judged(outcomes, [*calm, event("1x")])["lost"]
    assert judged(outcomes, [*calm, event("1x"), event("1y"), event("1y", sequence=2)]) == {"doubled": 1}


def given(*events: Sent) -> list[dict[str, Any]]:
    return [
        {"id": e.id, "type": e.type, "subject": e.subject, "epoch": 1, "sequence": e.sequence} for e in events
    ]


@pytest.mark.unit
def test_an_onlooker_sees_each_event_that_reaches_its_node_in_order() -> None:
    first, second = event(), event("a/1/2", sequence=2)
    own = event("a/2/1", audience="node", subject="t")

    def seen(area: str, *events: Sent) -> dict[str, int]:
        verdict = Verdict()
        check_onlooker(verdict, area, given(*events), [first, second, own])
        return {name: count for name, count in verdict.damage.items() if count}

    assert seen(DISTRICT, first, second) == {}
    assert seen(DISTRICT, first, first, second, first) == {}, "again is not twice"
    assert seen(STREET, first, second) == {"lost": 1}, "the street's own"
    assert seen(COMMUNITY) == {}, "what concerns the street is nothing to its community"
    assert seen(DISTRICT, first) == {"lost": 1}
    assert seen(DISTRICT, second, first) == {"out_of_order": 1}
    assert seen(DISTRICT, first, second, replace_id(second)) == {"doubled": 1, "unexpected": 1}


def replace_id(one: Sent) -> Sent:
    return one._replace(id="another")


@pytest.mark.unit
def test_a_history_is_read_up_to_where_a_kill_cut_it_off(tmp_path: Path) -> None:
    kept = History(tmp_path, "a")
    one = filed()
    kept.asked(one.command)
    kept.answered(replace(one, id="x"))
    kept.asked(replace(one.command, key="a/2/1"))
    kept.close()
    with (tmp_path / "a.jsonl").open("a") as file:
        file.write('{"answered": "a/2/1", "sta')
    found = history.read(tmp_path)
    assert {key: (outcome.status, outcome.id) for key, outcome in found.items()} == {
        "a/1/1": (201, "x"),
        "a/2/1": (0, None),
    }


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_a_short_storm_loses_and_doubles_nothing() -> None:
    state = run.State(seed=366, minutes=0.2, counts=LITTLE, events=0, pace=1.0, rows=10, breadth=False)
    with scratch() as folder:
        result = run.Storm(folder / "storm", state, threading.Event(), lambda _: None).run()
    assert result
    assert result.good, report.table(result)
    assert result.verdict.commands
    assert not any(result.state.happened.get(kind, 0) != count for kind, count in LITTLE.items()), (
        report.table(result)
    )
