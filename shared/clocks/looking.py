"""What the timer does with clocks: tell what is near or has passed, do what the law says, count anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from shared import clock
from shared import clocks as rules
from shared.call import PLATFORM, Call
from shared.clocks.events import ClockEvents
from shared.clocks.timed import Timed
from shared.store import command, load, save
from shared.store.aggregate import subtree

Data = dict[str, Any]
Kinds = Mapping[type[Timed], ClockEvents]

MOST = 500  # clocks of a kind that the timer looks at in one go; the next minute has the next ones


def run(call: Call, kinds: Kinds) -> dict[str, int]:
    """Remind of what is near, tell what has passed, and do what the law says of a passed deadline; how often each.

    Each look is a command of its own whose cause is the clock and what the timer was to look for: several
    processes at once, or a second run, do nothing twice.
    """
    call.authorise(call.node.area)
    done = {"reminded": 0, "overdue": 0, "lapsed": 0, "moved": 0}
    for kind, events in kinds.items():
        for due in _to_look_at(call, kind):
            cause = f"{due.id}:{due.due_step}:{due.due_stage}:{clock.text(due.look_at)}"
            alone = replace(call.cleared(), cause=cause, actor=PLATFORM)
            outcome = _look(alone, kind, events, due.id)
            if isinstance(outcome, str):  # else another process was faster
                done[outcome] += 1
    return done


def _to_look_at(call: Call, kind: type[Timed]) -> list[Timed]:
    """Records of this node whose clock the timer has to look at, the oldest first."""
    due = kind.objects(look_at__lte=call.now, owner=call.node.area).order_by("look_at")
    return list(due.only("id", "due_step", "due_stage", "look_at").limit(MOST))


@command
def _look(call: Call, kind: type[Timed], events: ClockEvents, identifier: str) -> Any:
    """What came of it, as `run` counts it."""
    record = load(call, kind, identifier)
    step = rules.named(record.clock_steps(), record.due_step)
    if step is None or record.look_at is None or record.look_at > call.now:
        return None  # the step has ended meanwhile
    counted = record.clock(step)
    record.due_at, record.due_certain = counted.due_at, counted.certain
    stage, before = counted.stage(call.now), record.due_stage
    if stage == "past" and step.lapse:
        _lapse(record, step)
        save(call, record, events.lapsed)
        return "lapsed"
    record.due_stage = stage
    record.look_at = {"running": counted.near_at, "near": counted.passed_at}.get(stage)
    if stage in (before, "running"):
        save(call, record, events.moved)
        return "moved"
    save(call, record, events.passed if stage == "past" else events.near)
    return "overdue" if stage == "past" else "reminded"


def _lapse(record: Timed, step: rules.Step) -> None:
    """The step counts as done since it began, and so does the next one's clock."""
    received = record.clock_since
    record.take_by_law(str(step.lapse), received)
    following = rules.running(record.clock_steps(), record.status)
    if following is not None:
        record.begin(following, received)


def reconsidering(kinds: Iterable[type[Timed]]) -> Callable[[Call, Data], None]:
    """An effect that has the timer look anew at the clocks that a changed day may move."""

    def reconsider(call: Call, data: Data) -> None:
        """Whoever has loaded one of these records finds it changed, and looks again."""
        since = datetime.combine(data["day"], time(), clock.CHINA)
        for kind in kinds:
            within = subtree(data["area"])
            due = kind.objects(owner=call.node.area, look_at__ne=None, due_at__gte=since, **within)
            due.update(set__look_at=call.now, inc__version=1)

    return reconsider
