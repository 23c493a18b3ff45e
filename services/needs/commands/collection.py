"""What can be done with needs: collected, and, of the hotline, routed, answered and called back."""

from __future__ import annotations

from typing import Any

from services.needs.commands.days import today
from services.needs.documents import Need
from services.needs.domain import collection as rules
from services.needs.domain import hotline
from services.needs.domain.days import check_not_future
from services.needs.subjects import collection as subjects
from shared import areas
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def collect_need(call: Call, body: Data) -> Need:
    """Record a need that was raised; one that came by the hotline is taken 受理 with that.

    Raises Refused for a day to come, and for a source that the caller does not record.
    """
    need = new(call, Need, **body)
    check_not_future(body["received_on"], today(call), "received_on")
    held = {grant.role for grant in call.actor.grants if areas.contains(grant.area, need.area)}
    rules.check_source(need.source, need.raised_by, held)
    need.loop = hotline.loop_of(need.source, answered=False)
    return save(call, need, subjects.COLLECTED)


@command
def route_need(call: Call, need_id: str, to: str) -> Need:
    """Route 转办 a hotline request to the staff of an area, or on to others. Raises Refused for another district."""
    need = _handled(call, need_id)
    hotline.check_request(need.loop)
    hotline.check_route(need.area, to)
    _leave(call, need, "route")
    need.routed_to = to
    return save(call, need, subjects.ROUTED)


@command
def answer_need(call: Call, need_id: str, answer: str) -> Need:
    """Record what the resident was told; a hotline request is then called back 回访."""
    need = _handled(call, need_id)
    rules.check_unanswered(need.answered_at is not None)
    if need.loop is not None:
        _leave(call, need, "answer")
    need.answer, need.answered_at = answer, call.now
    return save(call, need, subjects.ANSWERED)


@command
def call_back(call: Call, need_id: str, body: Data) -> Need:
    """Record what came of calling the resident back 回访: who is satisfied closes the loop, who is not reopens it."""
    need = _handled(call, need_id)
    hotline.check_request(need.loop)
    result = body["result"]
    hotline.check_reasons(result, body["reasons"])
    need.call_backs += 1
    action = hotline.after_call(result, need.call_backs)
    _leave(call, need, action)
    need.called_back_at, need.call_back_reasons = call.now, body["reasons"]
    if result != "unreached":
        need.satisfied = result == "satisfied"
    if action != "reopen":
        return save(call, need, subjects.CALLED_BACK)
    need.answer = need.answered_at = None
    need.call_backs, need.routed_to = 0, need.routed_to or need.area
    return save(call, need, subjects.REOPENED)


def _handled(call: Call, need_id: str) -> Need:
    """The need, to be changed by the staff of its area or of that which it was routed to. Raises Forbidden."""
    need = load(call.cleared(), Need, need_id)
    call.authorise(need.handled_at)
    return need


def _leave(call: Call, need: Need, action: str) -> None:
    """Go on in the loop, and note where a step before the answer took longer than it may."""
    if action in hotline.BEFORE_ANSWER:
        need.late = bool(need.late) or hotline.is_late(need.due_at, call.now)
    need.loop = advance(hotline.LoopLife, need.loop, action)
