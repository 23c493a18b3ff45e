"""What can be asked of notifications."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from mongoengine import Q, QuerySet

from services.notifications import domain
from services.notifications.documents import Message, Notice, Reminder
from shared.call import Call
from shared.http import Page
from shared.store.aggregate import subtree
from shared.store.queries import below, get, page_for

notice = get(Notice)
_message = get(Message)
_reminder = get(Reminder)
FEED = 50  # newest notices in the feed


def check_reader(call: Call, message: Message) -> None:
    """Raise Forbidden unless the message is for whoever calls."""
    recipient = domain.parse_recipient(message.recipient)
    if recipient is None or not domain.may_read(call, recipient, message.area):
        raise domain.not_yours()


def message(call: Call, identifier: str) -> Message:
    found = _message(identifier)
    check_reader(call, found)
    return found


def messages(call: Call, query: dict[str, Any]) -> Page[Message]:
    """A recipient's messages, newest first. Raises Forbidden to others.

    An organisation's officer sees those of the areas for which the token's node vouched.
    """
    recipient = domain.parse_recipient(query["recipient"])
    if recipient is None:
        raise domain.not_yours()
    asked = [grant.area for grant in call.actor.grants] if recipient.organisation else [str(recipient.area)]
    readable = [area for area in asked if domain.may_read(call, recipient, area)]
    if not readable:
        raise domain.not_yours()
    found = Message.objects(recipient=query["recipient"])
    if recipient.organisation:
        found = found.filter(reduce(or_, (Q(**subtree(area)) for area in readable)))
    if query["unread"] is not None:
        found = found.filter(**({"read_at": None} if query["unread"] else {"read_at__ne": None}))
    return _newest(found, query)


def notices(query: dict[str, Any]) -> Page[Notice]:
    found = below(Notice, query["area"]) if query["area"] else Notice.objects
    given = {name: query[name] for name in ("kind", "about") if query[name] is not None}
    return _newest(found.filter(**given), query)


def feed(area: str) -> list[Notice]:
    """The newest notices of an area and below."""
    return list(below(Notice, area).order_by("-published_at", "-id").limit(FEED))


def reminder(call: Call, identifier: str) -> Reminder:
    found = _reminder(identifier)
    call.authorise(found.area)
    return found


def reminders(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, Reminder, query, "status")


def due(call: Call) -> list[str]:
    """Reminders of this node whose time has come."""
    found = Reminder.objects(owner=call.node.area, status="waiting", due_at__lte=call.now)
    return [reminder.id for reminder in found.only("id")]


def overdue(call: Call) -> list[str]:
    """Reminders of this node that were sent long enough ago to look whether anybody read them."""
    found = Reminder.objects(owner=call.node.area, status="fired", escalate_at__lte=call.now)
    return [reminder.id for reminder in found.only("id")]


def _newest(found: QuerySet, query: dict[str, Any]) -> Page[Any]:
    if query["cursor"]:
        found = found.filter(id__lt=query["cursor"][0])
    items = list(found.order_by("-id").limit(query["limit"] + 1))
    return Page.of(items, query["limit"], lambda item: [item.id])


def figures(area: str) -> dict[str, int]:
    """Counts of an area and below."""
    inbox, set_here = below(Message, area), below(Reminder, area)
    return {
        "messages": inbox.count(),
        "unread": inbox.filter(read_at=None).count(),
        "notices": below(Notice, area).count(),
        "reminders": set_here.count(),
        "reminders_fired": set_here.filter(fired_at__ne=None).count(),
    }
