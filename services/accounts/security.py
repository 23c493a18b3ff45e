"""Security events 安全事件: written as they happen, kept as long as the node says, changed by nobody."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from services.accounts.documents import SecurityEvent
from shared.call import Call


def record(call: Call, kind: str, area: str, account: str | None = None, about: str | None = None) -> None:
    """Once for each cause, kind, account and matter: a command that runs again tells nothing twice."""
    event = SecurityEvent(
        id=call.new_id(f"{kind}/{account}/{about}"),
        at=call.now,
        kind=kind,
        area=area,
        account=account,
        actor=call.actor.subject,
        address=call.origin or None,
        about=about,
    )
    with contextlib.suppress(DuplicateKeyError):
        SecurityEvent._get_collection().insert_one(event.to_mongo().to_dict())


def purge(now: datetime, days: int) -> None:
    SecurityEvent._get_collection().delete_many({"at": {"$lt": now - timedelta(days=days)}})
