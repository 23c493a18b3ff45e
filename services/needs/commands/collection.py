"""What can be done with needs."""

from __future__ import annotations

from typing import Any

from services.needs.commands.days import today
from services.needs.documents import Need
from services.needs.domain import collection as rules
from services.needs.domain.days import check_not_future
from services.needs.subjects import collection as subjects
from shared.call import Call
from shared.store import command, load, new, save

Data = dict[str, Any]


@command
def collect_need(call: Call, body: Data) -> Need:
    """Record a need that was raised."""
    need = new(call, Need, **body)
    check_not_future(body["received_on"], today(call), "received_on")
    return save(call, need, subjects.COLLECTED)


@command
def answer_need(call: Call, need_id: str, answer: str) -> Need:
    """Record what the resident was told: the loop is closed."""
    need = load(call, Need, need_id)
    rules.check_unanswered(need.answered_at is not None)
    need.answer, need.answered_at = answer, call.now
    return save(call, need, subjects.ANSWERED)
