"""What happens during the public notice of a topic 立项公示, and after it."""

from __future__ import annotations

from typing import Any

from services.needs.documents import LibraryItem, TopicObjection
from services.needs.domain import notices as rules
from services.needs.domain.library import ItemLife
from services.needs.queries import notices as queries
from services.needs.subjects import notices as subjects
from services.needs.subjects.library import CHOSEN, RETURNED, SET_ASIDE
from shared.call import Call
from shared.lifecycle import advance
from shared.store import command, load, new, save, save_all
from shared.store.aggregate import Held

Data = dict[str, Any]


@command
def object_to_topic(call: Call, item_id: str, body: Data) -> TopicObjection:
    """Object 异议 to a topic on public notice, as anybody may; the answer is the receipt 回执.

    The item is held in the same write: a topic that is confirmed meanwhile takes no objection, and none is passed over.
    """
    item = load(call, LibraryItem, item_id)
    made = new(call, TopicObjection, area=item.area, beside=item, item=item.id, title=item.title, **body)
    rules.check_on_notice(item.status, item.notice_ends_at, call.now)
    made.received_at, made.number = call.now, rules.number(item.area, call.now, made.id)
    save_all(call, (made, subjects.FILED), Held(item))
    return made


@command
def settle_topic_objection(call: Call, objection_id: str, body: Data) -> TopicObjection:
    """Settle an objection with reasons; one that is upheld ends the topic, or returns it to the library, at once."""
    objection = load(call, TopicObjection, objection_id)
    rules.check_settlement(body["upheld"], body["outcome"])
    action = "uphold" if body["upheld"] else "dismiss"
    objection.status = advance(rules.ObjectionLife, objection.status, action)
    objection.outcome, objection.reasons, objection.settled_at = body["outcome"], body["reasons"], call.now
    item = load(call.cleared(), LibraryItem, objection.item)
    if not body["upheld"] or item.status != "noticed":  # another objection has ended or returned it
        return save(call, objection, subjects.SETTLED)
    ends = body["outcome"] == "end"
    item.status = advance(ItemLife, item.status, "end" if ends else "give_back")
    item.reasons, item.notice_ends_at = body["reasons"], None
    save_all(call, (objection, subjects.SETTLED), (item, SET_ASIDE if ends else RETURNED))
    return objection


@command
def confirm_topic(call: Call, item_id: str) -> LibraryItem:
    """Choose a topic for good 立项. Raises Refused before its notice is over and every objection settled."""
    item = load(call, LibraryItem, item_id)
    item.status = advance(ItemLife, item.status, "choose")
    rules.check_over(item.notice_ends_at, call.now, queries.open_objections(item.id))
    return save(call, item, CHOSEN)
