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
from shared import areas, clock
from shared.call import Call
from shared.errors import Problem
from shared.ids import derived_id
from shared.lifecycle import advance
from shared.store import command, find, load, new, save
from shared.store.queries import below

_log = logging.getLogger(__name__)

Data = dict[str, Any]
CHUNK = 50  # records between two writes of the position: a second's work at most on a busy machine
PATIENCE = 100  # looks at a record that somebody else has in hand, before it counts as failed
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
    return save(call, run, subjects.STARTED)


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


def work_off(call: Call, enough: Callable[[], bool]) -> None:
    """Go on with the runs of this node, oldest first, until `enough`."""
    for run in Run.objects(owner=call.node.area, status="running").order_by("id"):
        while not enough() and run is not None and run.status == "running":
            _chunk(call, run)
            run = find(Run, run.id)


def _chunk(call: Call, run: Run) -> None:
    work = WORKS[run.kind]
    found = work.records(run).filter(id__gt=run.position).order_by("id").limit(CHUNK).only("id")
    known = cache(lambda area: terms(area, run.year, run.as_of))
    came: list[tuple[str, str]] = []
    ended = True
    for each in found:
        ended = False
        try:
            came.append((each.id, _one(call, run, work, each.id, known)))
        except _Later as later:
            if run.waited < PATIENCE or came:
                break  # what came before it is kept; the next look begins with it
            came.append((each.id, f"!{later.args[0]}"))
    cause = f"{run.id}:{run.position}:{run.waited}"
    _move(replace(call, cause=cause, correlation=run.id), run.id, run.position, came, ended)


class _Later(Exception):
    """A record that somebody else has in hand just now; its argument is the problem's code."""


def _one(call: Call, run: Run, work: Work, identifier: str, known: Callable[[str], Terms]) -> str:
    """What came of one record; `!` and a code where it could not be worked on. Raises _Later."""
    own = replace(call, cause=f"{run.id}:{identifier}", correlation=run.id, now=run.as_of)
    try:
        return work.act(own, run, identifier, known)
    except Problem as problem:
        if "retry_after" in problem.extra:
            raise _Later(problem.code) from problem
        return f"!{problem.code}"
    except PyMongoError:
        raise  # the store is away: the chunk is taken again
    except Exception:
        # One record that trips us must not keep the others waiting for ever.
        _log.exception("a record of a run cannot be worked on", extra={"run": run.id, "record": identifier})
        return "!internal"


@command
def _move(call: Call, run_id: str, position: str, came: list[tuple[str, str]], ended: bool) -> Run:
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
