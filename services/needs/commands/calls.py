"""What can be done with call lists: drawn, looked at, called, closed."""

from __future__ import annotations

import secrets
from typing import Any

from services.needs.documents import CallList, KnownCalendarDay
from services.needs.domain import calls as rules
from services.needs.queries import calls as queries
from services.needs.subjects import calls as subjects
from shared import workdays
from shared.arearules.settings import value
from shared.call import Call
from shared.clocks.days import overrides
from shared.lifecycle import advance
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def draw(call: Call, body: Data) -> CallList:
    """Draw a sample of the needs of this node that were answered and whose residents left a number.

    Raises Refused where there is none. Without a seed given, the node makes one that nobody could choose.
    """
    size, seed = body.pop("size"), body.pop("seed")
    made = new(call, CallList, **body)
    rules.check_days(made.since, made.until)
    frame = queries.frame(call, made)
    rules.check_frame(frame)
    made.seed = seed or secrets.token_hex(16)
    made.frame_size, made.frame_sha256 = len(frame), rules.fingerprint(frame)
    made.sample = rules.draw(frame, made.seed, size)
    lasts = value(rules.LASTS, made.area, call.now)
    made.expires_at = workdays.deadline(
        call.now, lasts, "working_days", overrides(KnownCalendarDay, made.area)
    ).at
    return save(call, made, subjects.DRAWN)


@command
def look(call: Call, list_id: str) -> CallList:
    """Look at whom to call. Each look is a change of the list, so that the audit tells who looked and when. Raises
    Gone once the list has expired."""
    found = load(call, CallList, list_id, organisation_field="evaluator")
    rules.check_valid(found.status, found.expires_at, call.now)
    found.looks += 1
    found.looked_at = call.now
    return save(call, found, subjects.OPENED)


@command
def record_call(call: Call, list_id: str, need: str, result: str) -> CallList:
    """Record what a call came to. Raises Refused once the list has expired."""
    found = load(call, CallList, list_id, organisation_field="evaluator")
    rules.check_calling(found.status, found.expires_at, call.now)
    rules.check_on_list(need, found.sample)
    found.results = dict(found.results) | {need: result}
    found.calls += 1
    return save(call, found, subjects.CALLED)


@command
def close(call: Call, list_id: str) -> CallList:
    """End a list before it expires: from then on nobody's number is shown."""
    found = load(call, CallList, list_id, organisation_field="evaluator")
    found.status = advance(rules.CallListLife, found.status, "close")
    return save(call, found, subjects.CLOSED)
