"""What can be asked of call lists."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from services.needs.documents import CallList, Need
from services.needs.domain import calls as rules
from shared import clock
from shared.call import Call
from shared.store.queries import below, get, page_for

_call_list = get(CallList)


def call_list(call: Call, identifier: str) -> CallList:
    found = _call_list(identifier)
    call.authorise(found.area, found.evaluator)
    return found


def call_lists(call: Call, query: dict[str, Any]) -> Any:
    return page_for(call, CallList, query, "status", own=("evaluator",))


def frame(call: Call, wanted: CallList) -> list[str]:
    """The needs that a list is drawn from: answered in its days (of China's time), owned here, with a number."""
    since, until = (
        datetime.combine(day, time(), clock.CHINA).astimezone(UTC) for day in (wanted.since, wanted.until)
    )
    where = {"source": wanted.source} if wanted.source else {}
    answered = below(Need, wanted.area).filter(
        owner=call.node.area, answered_at__gte=since, answered_at__lt=until + timedelta(days=1),
        contact__phone__exists=True, **where,
    )  # fmt: skip
    return list(answered.scalar("id"))


def opened(call: Call, found: CallList) -> dict[str, Any]:
    """The list with whom to call, as long as it is valid. Raises Gone."""
    rules.check_valid(found.status, found.expires_at, call.now)
    needs = {need.id: need for need in Need.objects(id__in=found.sample).only("id", "title", "contact")}
    entries = [
        {
            "need": one,
            "title": needs[one].title,
            "contact": needs[one].whom_to_answer,
            "result": found.results.get(one),
        }
        for one in found.sample
        if one in needs
    ]
    return {"id": found.id, "expires_at": found.expires_at, "looks": found.looks, "entries": entries}
