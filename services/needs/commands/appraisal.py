"""What the appraisal decides: an item is set aside, or put on public notice as a topic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.needs.documents import KnownCalendarDay, LibraryItem
from services.needs.domain import appraisal as rules
from services.needs.domain import notices
from services.needs.domain.library import ItemLife
from services.needs.subjects.library import NOTICED, SET_ASIDE
from shared import workdays
from shared.arearules.settings import value
from shared.call import Call
from shared.clocks.days import overrides
from shared.events.types import EventType
from shared.lifecycle import advance
from shared.store import command, load, save

Data = dict[str, Any]


@command
def appraise(call: Call, item_id: str, body: Data) -> LibraryItem:
    """Propose an item as a topic 拟立项, or set it aside, by the votes in the minutes of a panel held on paper."""
    item = load(call, LibraryItem, item_id)
    votes = {part: rules.Votes(**each) for part, each in body["votes"].items()}
    rules.check_appraisal(body["chosen"], votes)
    return save(call, item, decide(call, item, body["chosen"], votes, body["reasons"]))


def decide(
    call: Call, item: LibraryItem, chosen: bool, votes: Mapping[str, rules.Votes], reasons: str
) -> EventType:
    """Put the decision into the item, to be saved with the event that this answers."""
    item.status = advance(ItemLife, item.status, "propose" if chosen else "put_aside")
    item.votes = {part: each._asdict() for part, each in votes.items()}
    item.reasons = reasons
    if chosen:
        period = value(notices.NOTICE, item.area, call.now)
        days = overrides(KnownCalendarDay, item.area)
        item.notice_ends_at = workdays.deadline(call.now, period.amount, period.unit, days).at
    return NOTICED if chosen else SET_ASIDE
