"""Whether an organisation may act 开展活动, as far as it is known here: each service asks its own copy, and news of an
approval may still be on its way to it."""

from __future__ import annotations

from shared.errors import Conflict, Refused, Text

# States of an organisation that is not decided on yet: an event on its way may turn each into `active`.
BEFORE_ACTIVE = ("draft", "applied", "correcting", "accepted")


def check_acting(status: str, name: str, field: str = "organisation") -> None:
    """Raise unless an organisation in this state may act: Conflict, with a moment to wait, where an approval on its way
    may change the answer; Refused otherwise."""
    detail = Text(f"{name} is {status}.", f"{name}的状态不是正常。")
    if status in BEFORE_ACTIVE:
        remedy = Text("Try again when it has been approved.", "请在准予后重试。")
        raise Conflict("organisation-not-yet-active", detail, remedy, field=field, retry_after=1)
    if status != "active":
        remedy = Text("Name an active organisation.", "请填写状态正常的社会组织。")
        raise Refused("organisation-not-active", detail, remedy, field=field)
