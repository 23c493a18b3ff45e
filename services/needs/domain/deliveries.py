"""What organisations deliver."""

from __future__ import annotations

from shared.errors import Conflict, Refused, Text

# States of an item of the library that an event on its way may turn into `chosen`: under appraisal, on public notice.
BEFORE_CHOSEN = ("listed", "noticed")
CONFIRMERS = ("client", "relative", "community_worker", "call_back")


def check_delivery(beneficiaries: int, person_times: int) -> None:
    """Raise Refused where more people were reached 受益人数 than times that somebody was served 服务人次."""
    if beneficiaries > person_times:
        raise Refused(
            "more-people-than-times",
            Text(
                f"{beneficiaries} people cannot be reached in {person_times} person-times.",
                f"{person_times} 人次不可能惠及 {beneficiaries} 人。",
            ),
            Text("Count every service of every person in person_times.", "服务人次应包括每人每次服务。"),
            field="person_times",
        )


def check_topic(status: str, identifier: str) -> None:
    """Raise unless the item is a chosen topic: Conflict with a moment to wait where it may still become one."""
    if status == "chosen":
        return
    detail = Text(f"Item {identifier} is {status}.", f"项目 {identifier} 尚未立项。")
    remedy = Text("Name a chosen topic, or none.", "请填写已立项的项目，或留空。")
    if status in BEFORE_CHOSEN:
        raise Conflict("topic-not-yet-chosen", detail, remedy, field="topic", retry_after=1)
    raise Refused("topic-not-chosen", detail, remedy, field="topic")
