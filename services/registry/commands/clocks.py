"""What is done when a deadline is near or has passed, and what moves deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Any

from services.registry.commands import ends
from services.registry.documents.clocks import CalendarDay, Timed
from services.registry.documents.inspection import Inspection
from services.registry.documents.listings import Listing
from services.registry.documents.matters import Matter
from services.registry.documents.organisations import Organisation
from services.registry.domain import clocks as rules
from services.registry.queries import clocks as queries
from services.registry.subjects import clocks as subjects
from services.registry.subjects import inspection, listings, matters, organisations
from shared import areas, clock
from shared.call import PLATFORM, Call
from shared.ids import derived_id
from shared.store import command, find, load, new, save
from shared.store.aggregate import subtree

Data = dict[str, Any]

TIMED: dict[type[Timed], subjects.ClockEvents] = {
    Organisation: organisations.CLOCK,
    Inspection: inspection.CLOCK,
    Listing: listings.CLOCK,
    Matter: matters.CLOCK,
}


def run_clocks(call: Call) -> dict[str, int]:
    """Remind of what is near, tell what has passed, and do what the law says of a passed deadline.

    Each look is a command of its own whose cause is the clock and what the timer was to look for: several
    processes at once, or a second run, do nothing twice.
    """
    call.authorise(call.node.area)
    done = {"reminded": 0, "overdue": 0, "lapsed": 0, "moved": 0, "expired": ends.lapse_filings(call)}
    for kind, events in TIMED.items():
        for due in queries.to_look_at(call, kind):
            cause = f"{due.id}:{due.due_step}:{due.due_stage}:{clock.text(due.look_at)}"
            alone = replace(call.cleared(), cause=cause, actor=PLATFORM)
            outcome = _look(alone, kind, events, due.id)
            if isinstance(outcome, str):  # else another process was faster
                done[outcome] += 1
    return done


@command
def _look(call: Call, kind: type[Timed], events: subjects.ClockEvents, identifier: str) -> Any:
    """What came of it, as `run_clocks` counts it."""
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


@command
def set_calendar_day(call: Call, body: Data) -> CalendarDay:
    """Say that an area works on a day, or does not, other than the notices say; of two the later said holds."""
    identifier = derived_id("registry.calendar_day", f"{body['area']}/{body['day'].isoformat()}")
    if find(CalendarDay, identifier):
        day = load(call, CalendarDay, identifier)
    else:
        day = new(call, CalendarDay, area=body["area"], at=areas.path(body["area"])[0], day=body["day"])
        day.id = identifier  # one record for an area and day, whoever sets it first
    call.authorise(areas.path(body["area"])[0])
    day.worked, day.reasons = body["worked"], body["reasons"]
    return save(call, day, subjects.CALENDAR_DAY_SET)


def reconsider(call: Call, data: Data) -> None:
    """Have the timer look anew at the clocks that a changed day may move. Whoever has loaded one of these records
    finds it changed, and looks again."""
    since = datetime.combine(data["day"], time(), clock.CHINA)
    for kind in TIMED:
        within = subtree(data["area"])
        due = kind.objects(owner=call.node.area, look_at__ne=None, due_at__gte=since, **within)
        due.update(set__look_at=call.now, inc__version=1)
