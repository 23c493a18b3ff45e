"""What can be asked of objections to topics."""

from __future__ import annotations

from typing import Any

from services.needs.documents import TopicObjection
from shared.call import Call
from shared.http import Page
from shared.store.queries import get

topic_objection = get(TopicObjection)


def topic_objections(item_id: str) -> Page[Any]:
    """Every objection to a topic, the oldest first."""
    return Page(list(TopicObjection.objects(item=item_id).order_by("id")))


def file(call: Call, identifier: str) -> TopicObjection:
    found = topic_objection(identifier)
    call.authorise(found.area)
    return found


def open_objections(item_id: str) -> int:
    return int(TopicObjection.objects(item=item_id, status="filed").count())
