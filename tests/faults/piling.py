"""Puts many records with unsent events into a service's store, faster than commands could.

    python -m tests.faults.piling NODE_YAML KIND SUBJECTS AREA

What is written is what the commands would have left there had the relay not come yet: real documents, validated,
with five events each in their outboxes, made by the same code. Commands themselves, with their routes, tokens
and rules, are left out: one takes some milliseconds, a hundred thousand would take most of an hour.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.needs import documents as needs
from services.needs.subjects.collection import ANSWERED, COLLECTED, MERGED
from services.needs.subjects.deliveries import RECORDED
from services.notifications import documents as notifications
from services.notifications import subjects as notifications_subjects
from services.registry import documents as registry
from services.registry.subjects import organisations as registry_subjects
from shared import clock, runtime
from shared.call import Call
from shared.events.types import EventType
from shared.ids import new_id
from shared.node import load
from shared.store import connection
from shared.store.aggregate import Aggregate

CHUNK = 500  # documents in one write


@dataclass(frozen=True)
class Kind:
    """What to pile up: of which service, which events each record tells of, and how a record looks."""

    service: str
    document: type[Aggregate]
    events: Sequence[EventType]
    values: Callable[[str], dict[str, Any]]


def _need(area: str) -> dict[str, Any]:
    return {"title": "助餐", "category": "care", "group": "elderly", "source": "visit", "urgency": "normal",
            "received_on": date(2026, 3, 1), "description": "独居老人吃饭难"}  # fmt: skip


def _delivery(area: str) -> dict[str, Any]:
    return {"organisation": new_id(), "service": "助餐", "delivered_on": date(2026, 3, 1),
            "beneficiaries": 3, "person_times": 9, "confirmed_by": "client"}  # fmt: skip


def _organisation(area: str) -> dict[str, Any]:
    return {"name": "晨练队", "track": "filed", "established_on": date(2018, 5, 4), "status": "active"}


def _reminder(area: str) -> dict[str, Any]:
    return {"recipient": f"role:street_staff@{area}", "recipient_area": area, "due_at": clock.wall(),
            "subject": {"en": "Overdue", "zh": "逾期"}, "escalated_to": f"role:district_staff@{area[:6]}"}  # fmt: skip


_R = registry_subjects
KINDS: Mapping[str, Kind] = {
    "needs": Kind(
        "needs", needs.Need, (COLLECTED, MERGED, ANSWERED, ANSWERED, ANSWERED), _need
    ),
    "deliveries": Kind("needs", needs.Delivery, (RECORDED,) * 5, _delivery),
    "organisations": Kind(
        "registry", registry.Organisation,
        (_R.APPLIED, _R.RESUBMITTED, _R.RESUBMITTED, _R.ACCEPTED, _R.APPROVED), _organisation,
    ),
    "escalations": Kind(
        "notifications", notifications.Reminder, (notifications_subjects.ESCALATED,), _reminder
    ),
}  # fmt: skip


def pile(kind: Kind, subjects: int, area: str) -> None:
    """Write the records. Their outboxes wait for the relay, which looks for such every other second."""
    for start in range(0, subjects, CHUNK):
        rows = [_row(kind, area) for _ in range(min(CHUNK, subjects - start))]
        kind.document._get_collection().insert_many(rows, ordered=False)


def _row(kind: Kind, area: str) -> dict[str, Any]:
    node, now = runtime.node(), clock.wall()
    record = kind.document(
        id=new_id(), area=area, owner=node.area, created_at=now, updated_at=now, **kind.values(area)
    )
    record.pending_since = now
    for event in kind.events:
        call = Call(node=node, service=kind.service)
        record.sequence += 1
        record.version += 1
        record.outbox.append(event.tell(call, record))
        record.inbox.append(call.cause)
    record.validate()
    return dict(record.to_mongo())


def main(description: str, name: str, subjects: str, area: str) -> None:
    kind, node = KINDS[name], load(Path(description))
    runtime.configure(node, kind.service, {})
    connection.connect(node.store, node.database(kind.service))
    pile(kind, int(subjects), area)


if __name__ == "__main__":
    main(*sys.argv[1:])
