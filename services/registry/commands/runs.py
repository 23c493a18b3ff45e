"""Runs 批量办理: work over all organisations of an area, in chunks, each record by a command of its own.

A run keeps the position that it has come to. What was done of a chunk when the process was killed is found done by
the next one, as the cause of each record's command is derived from the run and the record: nothing is done twice, and
what came of a record is told by its state, so it is counted right all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mongoengine import QuerySet
from pymongo.errors import PyMongoError

from services.registry.commands import credit, inspection, listings
from services.registry.documents.inspection import Inspection
from services.registry.documents.listings import Listing
from services.registry.documents.organisations import Organisation
from services.registry.documents.runs import Run
from services.registry.domain import inspection as inspection_rules
from services.registry.domain import runs as rules
from services.registry.queries.inspection import Terms, terms
from services.registry.subjects import runs as subjects
from shared import areas, background, clock, runtime
from shared.call import Call
from shared.errors import Problem
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, find, load, new, save
from shared.store.queries import below

_log = logging.getLogger(__name__)

Data = dict[str, Any]
WORK = "runs"
CHUNK = 50  # records between two writes of the position: a service that stops waits for so many
AHEAD = 2000  # ids read in one go
PATIENCE = (
    30  # looks at a record that somebody else has in hand, some minutes in all; then it counts as failed
)
FAILURES = 20  # kept of a run; the number of all is among its outcomes


@dataclass(frozen=True)
class Work:
    """What a kind of run does: with which records, and what with each; `act` returns what came of it."""

    records: Callable[[Run], QuerySet]
    act: Callable[[Call, Run, str, Callable[[str], Terms]], str]


def _organisations(run: Run) -> QuerySet:
    found = below(Organisation, run.area).filter(owner=run.owner)
    return found.filter(track="registered", status__in=("active", "suspended"))


def _owned(kind: Any, run: Run, **where: Any) -> QuerySet:
    return below(kind, run.area).filter(owner=run.owner, **where)


def _open(call: Call, run: Run, identifier: str, known: Callable[[str], Terms]) -> str:
    opened = inspection.open_for(call, identifier, run.year, known)
    return str(opened.form) if opened else "takes_no_part"


def _close(call: Call, run: Run, identifier: str, known: Callable[[str], Terms]) -> str:
    return str(inspection.close(call, identifier).status)


def _notify(call: Call, run: Run, identifier: str, known: Callable[[str], Terms]) -> str:
    found = find(Listing, identifier)
    if found is not None and found.status != "proposed":
        return str(found.status)  # somebody was faster
    return str(listings.notify(call, identifier).status)


def _rectification(call: Call, run: Run, identifier: str, known: Callable[[str], Terms]) -> str:
    return str(inspection.review_rectification(call, identifier).status)


def _listing(call: Call, run: Run, identifier: str, known: Callable[[str], Terms]) -> str:
    return str(listings.review(call, identifier).status)


def _credit(call: Call, run: Run, identifier: str, known: Callable[[str], Terms]) -> str:
    return str(credit.refresh(call, identifier).credit_standing)


WORKS = {
    "open_year": Work(_organisations, _open),
    "close_window": Work(lambda run: _owned(Inspection, run, year=run.year), _close),
    "notify_proposed": Work(lambda run: _owned(Listing, run, status="proposed"), _notify),
    "review_rectifications": Work(
        lambda run: _owned(Inspection, run, status="correcting", due_at__lt=run.as_of), _rectification
    ),
    "review_listings": Work(lambda run: _owned(Listing, run, status="listed"), _listing),
    "review_credit": Work(lambda run: _owned(Organisation, run, credit_changes_on__lte=_day(run)), _credit),
}


def _day(run: Run) -> Any:
    return run.as_of.astimezone(clock.CHINA).date()


@command
def start(call: Call, body: Data) -> Run:
    """Begin a run, at the district's node. Raises Refused outside of the window that it is about, Conflict while the
    same is under way."""
    area, district = body["area"], areas.path(body["area"])[0]
    rules.check_year(body["kind"], body["year"])
    run = new(call, Run, at=district, as_of=call.now, **body)
    call.authorise(district)
    if body["kind"] in rules.YEARLY:
        window = terms(area, body["year"], call.now).window
        begins = inspection_rules.check_open if body["kind"] == "open_year" else inspection_rules.check_closed
        begins(window, call.now)
    return _begin(call, run)


def _begin(call: Call, run: Run) -> Run:
    run.under_way = f"{run.kind}/{run.area}/{run.year or '-'}"
    run.total = WORKS[run.kind].records(run).count()
    save(call, run, subjects.STARTED)
    background.nudge(WORK)
    return run


def start_daily(call: Call) -> list[Run]:
    """Begin what a day may have brought to the records of this node, each kind once a day and only where there is
    something."""
    day = call.now.astimezone(clock.CHINA).date()
    begun = (
        _daily(replace(call, cause=derived_id(f"{call.node.area} {day}", kind)), kind) for kind in rules.DAILY
    )
    return [run for run in begun if run is not None]


@command
def _daily(call: Call, kind: str) -> Run | None:
    run = new(call, Run, area=call.node.area, kind=kind, as_of=call.now)
    under_way = Run.objects(kind=kind, area=run.area, owner=run.owner, status="running").first()
    if under_way is not None or not WORKS[kind].records(run).first():
        return None
    return _begin(call, run)


@command
def stop(call: Call, run_id: str) -> Run:
    """End a run where it stands; what it has done stays done."""
    run = load(call, Run, run_id)
    call.authorise(run.seated_at)
    return _end(call, run, "stop")


def _end(call: Call, run: Run, action: str) -> Run:
    run.status = advance(rules.RunLife, run.status, action)
    run.under_way, run.finished_at = None, clock.wall()
    return save(call, run, subjects.FINISHED if action == "finish" else subjects.STOPPED)


def work_on(claim: Callable[[], bool]) -> bool:
    """Take the next step of this node's oldest run; False where there is none or another process is at it.

    Raises the Problem or PyMongoError that will pass, with everything kept that was done until then.
    """
    run = Run.objects(owner=runtime.node().area, status="running").order_by("id").first()
    if run is None or not claim():
        return False
    _chunk(Call(node=runtime.node(), service=runtime.service(), correlation=run.id), run)
    return True


@dataclass
class _Ahead:
    """Records that come next in a run, read in one go: for a range in the order of ids the embedded store reads the
    whole collection each time."""

    run: str
    position: str
    identifiers: list[str]


_ahead = _Ahead("", "", [])


def _next(run: Run) -> list[str]:
    """The records after the run's position, CHUNK at most; none at the end."""
    global _ahead
    if (_ahead.run, _ahead.position) != (run.id, run.position) or not _ahead.identifiers:
        after = WORKS[run.kind].records(run).filter(id__gt=run.position)
        found = [each.id for each in after.order_by("id").limit(AHEAD).only("id")]
        _ahead = _Ahead(run.id, run.position, found)
    return _ahead.identifiers[:CHUNK]


def _chunk(call: Call, run: Run) -> None:
    known = cache(lambda area: terms(area, run.year, run.as_of))
    came: list[tuple[str, str]] = []
    following = _next(run)
    passing: Problem | None = None
    for identifier in following:
        try:
            came.append((identifier, _one(call, run, identifier, known)))
        except Problem as problem:
            if came or run.waited < PATIENCE:
                passing = problem  # what came before it is kept; the next look begins with it
                break
            came.append((identifier, f"!{problem.code}"))
    own = replace(call, cause=f"{run.id}:{run.position}:{run.waited}")
    _move(own, run.id, run.position, came, ended=not following)
    if came:
        _ahead.position, _ahead.identifiers = came[-1][0], _ahead.identifiers[len(came) :]
    if passing is not None:
        raise passing


def _one(call: Call, run: Run, identifier: str, known: Callable[[str], Terms]) -> str:
    """What came of one record; `!` and a code where it could not be worked on. Raises the Problem or PyMongoError that
    will pass."""
    own = replace(call, cause=f"{run.id}:{identifier}", now=run.as_of)
    try:
        return WORKS[run.kind].act(own, run, identifier, known)
    except PyMongoError:
        raise
    except Problem as problem:
        if problem.status == 503 or "retry_after" in problem.extra:
            raise
        return f"!{problem.code}"
    except Exception:  # a defect of ours must not hold up the records behind it
        _log.exception("a record of a run cannot be worked on", extra={"run": run.id, "record": identifier})
        return "!internal"


@command
def _move(call: Call, run_id: str, position: str, came: list[tuple[str, str]], *, ended: bool) -> Run:
    run = load(call, Run, run_id)
    if run.status != "running" or run.position != position:
        return run  # stopped, or another process was here
    if ended:
        return _end(call, run, "finish")
    run.waited = 0 if came else run.waited + 1
    run.position = came[-1][0] if came else position
    run.done += len(came)
    for identifier, outcome in came:
        told = "failed" if outcome.startswith("!") else outcome
        run.outcomes[told] = run.outcomes.get(told, 0) + 1
        if told == "failed" and len(run.failures) < FAILURES:
            run.failures.append({"id": identifier, "code": outcome[1:]})
    return save(call, run, subjects.PROGRESSED)
