"""What the appraisal decides."""

from __future__ import annotations

from typing import Any

from services.needs.documents import LibraryItem
from services.needs.domain import appraisal as rules
from services.needs.domain.library import ItemLife
from services.needs.subjects.library import CHOSEN, SET_ASIDE
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, load, save

Data = dict[str, Any]


@command
def appraise(call: Call, item_id: str, body: Data) -> LibraryItem:
    """Choose an item as a topic 立项, or set it aside, by the votes of the panel."""
    item = load(call, LibraryItem, item_id)
    rules.check_appraisal(body["chosen"], {part: rules.Votes(**v) for part, v in body["votes"].items()})
    item.status = advance(ItemLife, item.status, "choose" if body["chosen"] else "put_aside")
    item.votes, item.reasons = body["votes"], body["reasons"]
    return save(call, item, CHOSEN if body["chosen"] else SET_ASIDE)
